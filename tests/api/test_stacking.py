"""Cells know their columns, whatever stands in them; nothing else of a page is touched."""

from api.stacking import with_column_names

TABLE = (
    '<table><thead><tr><th scope="col">이름</th><th scope="col" class="num">수 &amp; 값</th><th scope="col">때</th></tr>'
    '</thead><tbody><tr><th scope="row"><a href="/x">가</a></th><td class="num">3</td><td>–</td></tr></tbody></table>'
)


def test_cells_carry_the_names_of_their_columns() -> None:
    made = with_column_names(f"<p>td</p>{TABLE}")
    assert '<td class="num" data-column="수 &amp; 값">3</td>' in made
    assert '<td data-column="때" data-nothing>–</td>' in made
    assert made.startswith("<p>td</p><table><thead>")
    assert '<th scope="row"><a href="/x">가</a></th>' in made


def test_a_table_without_heads_stays_as_it_is() -> None:
    plain = "<table><tbody><tr><td>1</td></tr></tbody></table>"
    assert with_column_names(plain) == plain
