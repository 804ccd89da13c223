"""Write the script that draws the site's charts: scripts/vega_bundle.py <file>

Vega, Vega-Lite and Vega-Embed as vl-convert holds them, in one classic script that sets
`vegaEmbed`. Runs where requirements/vega.lock is installed.
"""

import sys
from pathlib import Path

import vl_convert

NOTICE = """/*!
 * vega {vega}, vega-lite {vega_lite}, vega-embed {vega_embed} and what they are made of, bundled by
 * vl-convert-python; their licences: vega-licences.txt
 */
"""


def main() -> None:
    """Bundle and write."""
    written = Path(sys.argv[1])
    notice = NOTICE.format(
        vega=vl_convert.get_vega_version(),
        vega_lite=vl_convert.get_vegalite_versions()[-1],
        vega_embed=vl_convert.get_vega_embed_version(),
    )
    script = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    if "vegaEmbed" not in script:
        raise SystemExit("error: vl-convert bundled a script without vegaEmbed")
    written.write_text(notice + script, "utf-8")


if __name__ == "__main__":
    main()
