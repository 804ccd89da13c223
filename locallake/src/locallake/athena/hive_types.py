"""Hive's names of types as Trino writes them; `values.hive_type` is the way back."""

from __future__ import annotations

from locallake.athena.plans import StatementError, quoted

_TYPES = {
    "int": "integer",
    "string": "varchar",
    "float": "real",
    "binary": "varbinary",
    "timestamp": "timestamp(6)",
}


def trino_type(hive_type: str) -> str:
    """Hive's name of a type → Trino's: `array<struct<a:int>>` → `array(row("a" integer))`."""
    text = hive_type.strip().lower()
    outer, bracket, inner = text.partition("<")
    if not bracket:
        return _TYPES.get(text, text)
    parts = _split_type(inner.removesuffix(">"))
    if outer == "struct":
        fields = (part.partition(":") for part in parts)
        listed = ", ".join(f"{quoted(name.strip())} {trino_type(t)}" for name, _, t in fields)
        return f"row({listed})"
    if outer in ("array", "map"):
        return f"{outer}({', '.join(trino_type(part) for part in parts)})"
    raise StatementError(f"TYPE_NOT_FOUND: Unknown type: {hive_type}")


def _split_type(text: str) -> list[str]:
    parts, depth = [""], 0
    for letter in text:
        depth += {"<": 1, "(": 1, ">": -1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts
