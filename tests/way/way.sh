#!/bin/sh
# From an empty folder with one text of 25 sentences to a reviewed graph, with a recorded answer where a model would
# answer, and all drafts accepted where a person would read them. `time sh tests/way/way.sh` measures it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$(mktemp -d)"
kg init ferries --bare --title "Ferries of Westmark"
cd ferries
kg evidence add "$here/ferries.txt"
kg prompt ferries --texts texts > ../prompt.txt
kg import "$here/answer.md" --as kg --texts texts --by "a recorded answer" || [ $? -eq 1 ] # some rows are turned down
drafts=$(kg review --list | cut -d ' ' -f 1)
kg review $drafts --accept --by "the curator" --texts texts
kg check --texts texts --strict
kg build --texts texts
