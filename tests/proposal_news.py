"""Two short pieces of news, in English and in Chinese, and a project that has them as `kg evidence add` writes it."""

from __future__ import annotations

from pathlib import Path

from terminal import run_kg

from kg.build.pipeline import Checked, check_files, read_project
from kg.starter import init_project
from kg.system.project import Drafts, Project

ENGLISH = (
    "Norvik yard wins ferry order\n"
    "5 March 2026\n"
    "\n"
    "Halden Marine said on Tuesday that it will build four electric ferries for the Solund county "
    "council. The order is worth 2.4 billion kroner, according to its chief executive Ingrid Aas. "
    "The yard in Norvik employs 860 people and was founded in 1921.\n"
    "\n"
    '"We will deliver the first ferry in the spring of 2027," said Ingrid Aas, its chief executive. She '
    "added that the company would hire between 120 and 150 workers next year.\n"
    "\n"
    "Petter Lunde, who chairs the county council, denied that the price was too high. The council signed "
    "the contract on 3 March.\n"
)
CHINESE = """远航电池在青川建厂
2026年3月15日

远航电池周三宣布，将在青川市建设第二座工厂。公司董事长林晓岚表示，项目总投资为48亿元。

林晓岚说，公司去年的营收同比增长18%。她表示，公司没有收购蓝湾科技。公司成立于2009年，总部位于青川，现有员工6200人。

青川市市长周启明承诺，2026年底前完成厂区道路建设。“我们会提供1500个停车位。”他说。
"""
_ENTITIES = """kg: entities/1
entities:
  halden: {is: Organization, label: Halden Marine, alias: Norvik yard}
  aas: {is: Person, label: Ingrid Aas}
  council: {is: Organization, label: Solund county council}
  order: {is: Deal, label: ferry order}
  lunde: {is: Person, label: Petter Lunde}
  yuanhang: {is: Organization, label: Yuanhang Battery, alias: {zh: 远航电池}}
"""


def lay_out_news(folder: Path, texts: dict[str, str]) -> Checked:
    """A new project with *texts* by the ids of their sources, added as files."""
    init_project(folder, title="News", base="https://news.example/")
    for id_, text in texts.items():
        (folder.parent / f"{id_}.txt").write_text(text, encoding="utf-8")
        assert run_kg("evidence", "add", f"../{id_}.txt", folder=folder).code == 0
    (folder / "seeds" / "entities" / "news.yaml").write_text(_ENTITIES, encoding="utf-8")
    return check_files(read_project(Project(folder), folder / "texts", Drafts.BUILT_IN))
