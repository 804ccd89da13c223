"""`python -m lakehouse` is `lakehouse`, by the Python that was asked."""

from lakehouse.cli import app

if __name__ == "__main__":
    app(prog_name="lakehouse")
