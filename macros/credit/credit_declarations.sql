{#
    credit_declarations() -> dict with version, bands and vocabulary: the variable `credit_declarations`
    bands: feature -> list of bands with code, lower, upper, label; vocabulary: column -> list of values.
    Read while compiling, without a query.
    *Raises* an error that names feature and band where the bands of a feature leave a gap or overlap
    (each begins where the one before ends, the first and the last are open), where a code or label
    cannot be used or stands twice, and an error that names column and value where a value of the
    vocabulary is not as staging writes it or gets the name of another.
#}
{% macro credit_declarations() -%}
    {%- set declared = var('credit_declarations') -%}
    {%- set numbers = [] -%}
    {%- for number in credit_numbers() -%}{%- do numbers.append(number.name) -%}{%- endfor -%}
    {%- for feature, bands in declared.bands.items() -%}
        {%- if feature not in numbers -%}
            {{ exceptions.raise_compiler_error("Bands are declared for '" ~ feature ~ "', which is no number of credit: " ~ numbers | join(', ') ~ ".") }}
        {%- endif -%}
        {%- set codes = ['missing'] -%}
        {%- for band in bands -%}
            {%- set name = "Band '" ~ band.code ~ "' of " ~ feature -%}
            {%- set expected = none if loop.first else bands[loop.index0 - 1].upper -%}
            {%- if band.code is not string or not modules.re.fullmatch('[a-z0-9]+(_[a-z0-9]+)*', band.code) or band.code in codes -%}
                {{ exceptions.raise_compiler_error(name ~ " needs a code of its own: text in ASCII snake case (YAML reads 25_34 as a number).") }}
            {%- elif not band.label or "'" in band.label -%}
                {{ exceptions.raise_compiler_error(name ~ " needs a label without apostrophes.") }}
            {%- elif (band.lower is not none and band.lower is not number) or (band.upper is not none and band.upper is not number) -%}
                {{ exceptions.raise_compiler_error(name ~ " has a bound that is no number: from " ~ band.lower ~ " to " ~ band.upper ~ ".") }}
            {%- elif not loop.first and expected is none -%}
                {{ exceptions.raise_compiler_error(name ~ " overlaps the band before it, which has no upper bound.") }}
            {%- elif band.lower is none and not loop.first -%}
                {{ exceptions.raise_compiler_error(name ~ " overlaps the band before it: it has no lower bound.") }}
            {%- elif loop.first and band.lower is not none -%}
                {{ exceptions.raise_compiler_error(name ~ " leaves a gap: nothing below " ~ band.lower ~ "; the first band has no lower bound.") }}
            {%- elif not loop.first and band.lower > expected -%}
                {{ exceptions.raise_compiler_error(name ~ " leaves a gap: the band before it ends at " ~ expected ~ ", it begins at " ~ band.lower ~ ".") }}
            {%- elif not loop.first and band.lower < expected -%}
                {{ exceptions.raise_compiler_error(name ~ " overlaps: the band before it ends at " ~ expected ~ ", it begins at " ~ band.lower ~ ".") }}
            {%- elif band.lower is not none and band.upper is not none and band.lower >= band.upper -%}
                {{ exceptions.raise_compiler_error(name ~ " is empty: from " ~ band.lower ~ " to " ~ band.upper ~ ".") }}
            {%- elif loop.last and band.upper is not none -%}
                {{ exceptions.raise_compiler_error(name ~ " leaves a gap: nothing from " ~ band.upper ~ " on; the last band has no upper bound.") }}
            {%- endif -%}
            {%- do codes.append(band.code) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for column, values in declared.vocabulary.items() -%}
        {%- if column not in credit_categories() -%}
            {{ exceptions.raise_compiler_error("A vocabulary is declared for '" ~ column ~ "', which is no category of credit: " ~ credit_categories() | join(', ') ~ ".") }}
        {%- endif -%}
        {%- set codes = ['missing'] -%}
        {%- for value in values -%}
            {%- set code = credit_value_code(value) -%}
            {%- if value is not string or not modules.re.fullmatch('[A-Z0-9]([A-Z0-9 ._/-]*[A-Z0-9])?', value) -%}
                {{ exceptions.raise_compiler_error("The value '" ~ value ~ "' of " ~ column ~ " is not as staging writes it: text (YAML reads Y as true) in upper case, no accents, no apostrophe.") }}
            {%- elif code in codes -%}
                {{ exceptions.raise_compiler_error("The value '" ~ value ~ "' of " ~ column ~ " would get the column " ~ column ~ "_" ~ code ~ ", which stands for another.") }}
            {%- endif -%}
            {%- do codes.append(code) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for column in credit_categories() if column not in declared.vocabulary -%}
        {{ exceptions.raise_compiler_error("No vocabulary is declared for '" ~ column ~ "'.") }}
    {%- endfor -%}
    {{ return(declared) }}
{%- endmacro %}
