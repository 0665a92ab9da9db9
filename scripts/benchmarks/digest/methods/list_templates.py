"""Lists the templates that Drain3 finds in each log, the rarest first, with how many lines each has.

Called with a folder for the results and the logs; the nth log's list becomes the file `<n>.txt` there. Numbers and
hexadecimal words are masked before, as Drain3's own examples do. Of a template that only one line has, the line is
printed as it is. Lines are what a terminal shows in the end: what follows the last carriage return.
"""

import sys
from pathlib import Path

from drain3 import TemplateMiner
from drain3.masking import MaskingInstruction
from drain3.template_miner_config import TemplateMinerConfig

LONGEST_LINE = 1_000_000
LONGEST_LIST = 200_000
MOST_TEMPLATES = 1_000


def list_templates(path: Path) -> str:
    """At most 200,000 characters."""
    config = TemplateMinerConfig()
    config.drain_max_clusters = MOST_TEMPLATES
    config.masking_instructions = [
        MaskingInstruction(r"\b(?:0x)?(?=[0-9a-fA-F]*\d)[0-9a-fA-F]{6,}\b", "HEX"),
        MaskingInstruction(r"(?<![A-Za-z0-9])[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?", "NUM"),
    ]
    miner = TemplateMiner(config=config)
    first_lines: dict[int, str] = {}
    with path.open(encoding="utf-8", errors="replace", newline="\n") as log:
        while line := log.readline(LONGEST_LINE):
            text = line.rstrip("\r\n").rpartition("\r")[2]
            cluster = miner.add_log_message(text)["cluster_id"]
            first_lines.setdefault(cluster, text)
    clusters = sorted(miner.drain.clusters, key=lambda cluster: cluster.size)
    listed, characters = [], 0
    for cluster in clusters:
        text = first_lines[cluster.cluster_id] if cluster.size == 1 else cluster.get_template()
        listed.append(f"{cluster.size} {text}")
        characters += len(listed[-1])
        if characters > LONGEST_LIST:
            break
    return "\n".join(listed)[:LONGEST_LIST]


def main() -> None:
    results = Path(sys.argv[1])
    for number, log in enumerate(sys.argv[2:]):
        (results / f"{number}.txt").write_text(list_templates(Path(log)), encoding="utf-8")


main()
