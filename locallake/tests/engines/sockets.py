"""What a process listens on, as the kernel writes it."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def listening(pid: int) -> list[tuple[str, int]]:
    """Address and port of each socket on which a process listens."""
    inodes = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = os.readlink(descriptor)
        except OSError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    found = []
    for name, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        for line in Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                address, _, port = fields[1].partition(":")
                found.append((_address(address, family), int(port, 16)))
    return found


def _address(hexadecimal: str, family: int) -> str:
    # The kernel writes each group of four bytes in the machine's order.
    words = bytes.fromhex(hexadecimal)
    packed = b"".join(words[at : at + 4][::-1] for at in range(0, len(words), 4))
    # An IPv4 address may come mapped into IPv6.
    return socket.inet_ntop(family, packed).removeprefix("::ffff:")
