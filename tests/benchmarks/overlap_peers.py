"""Two other ways on the same made-up platforms: likeness of names over everybody, and splink."""

import time

import numpy as np

from registry.governments import Places
from tests.benchmarks.made_subjects import subjects


def global_text(count: int, where: Places, top: int = 20) -> None:
    """The other way: global top-k by likeness of names, on the same records, with the true pairs it finds."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    made, true = [], []
    for number, (one, source) in enumerate(subjects(count, where)):
        made.append(one)
        if source >= 0:
            true.append((source, number))
    begun = time.perf_counter()
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(2, 3), dtype=np.float32).fit_transform(
        [one.name for one in made]
    )
    pairs: set[tuple[int, int]] = set()
    for start in range(0, count, 1000):
        block = (vectors[start : start + 1000] @ vectors.T).tocsr()
        for row in range(block.shape[0]):
            values = block.data[block.indptr[row] : block.indptr[row + 1]]
            columns = block.indices[block.indptr[row] : block.indptr[row + 1]]
            if len(values) > top:
                columns = columns[np.argpartition(-values, top)[:top]]
            for other in columns.tolist():
                if other != start + row:
                    pairs.add((min(start + row, other), max(start + row, other)))
    spent = time.perf_counter() - begun
    wanted = set(true)
    print(
        f"global top-{top} of names at {count:,}: {spent:.2f} s, {len(pairs):,} pairs, "
        f"true pairs among them {len(pairs & wanted) / len(wanted):.3f} (candidates only, nothing is scored)"
    )


def splink(count: int, where: Places) -> None:
    """splink on the same records, where it is installed: blocks on government and on host, Jaro-Winkler on names."""
    try:
        import pyarrow
        import splink.comparison_library as cl
        from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    except ImportError:
        print("splink: not installed here (pip install splink), so it was not measured")
        return
    made, true = [], []
    for number, (one, source) in enumerate(subjects(count, where)):
        made.append(one)
        if source >= 0:
            true.append((source, number))
    columns = {
        "unique_id": [one.id for one in made],
        "name": [one.name for one in made],
        "owner": [str(one.owner_id) for one in made],
        "host": [one.host or None for one in made],
        "function": [one.main_function for one in made],
    }
    begun = time.perf_counter()
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("name", [0.95, 0.88, 0.75]),
            cl.ExactMatch("host"),
            cl.ExactMatch("owner"),
            cl.ExactMatch("function"),
        ],
        blocking_rules_to_generate_predictions=[block_on("owner", "function"), block_on("host")],
    )
    database = DuckDBAPI()
    linker = Linker(database.register(pyarrow.table(columns)), settings)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("host"), block_on("owner", "name")], recall=0.7
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("host"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("owner", "function"))
    predicted = linker.inference.predict(threshold_match_probability=0.5).as_record_list()
    spent = time.perf_counter() - begun
    pairs = {tuple(sorted((row["unique_id_l"], row["unique_id_r"]))) for row in predicted}
    wanted = {tuple(sorted((made[left].id, made[right].id))) for left, right in true}
    print(
        f"splink at {count:,}: {spent:.2f} s; true pairs found {len(pairs & wanted) / len(wanted):.3f}, "
        f"precise {len(pairs & wanted) / max(len(pairs), 1):.3f}"
    )
