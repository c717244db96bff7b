//! How long an address is looked for among 100 000 premises: `cargo bench -p store`.

#[path = "../tests/it/city.rs"]
mod city;
#[expect(dead_code, reason = "the tests ask more of a state")]
#[path = "../tests/it/state.rs"]
mod state;

use std::time::Instant;

use schema::Kind;
use store::homes::addresses::{self, Filter};

use city::{found, mistyped, put_city, street};
use state::State;

fn main() {
    let state = State::new(Kind::Live);
    put_city(&state, 400, 5);
    let sql = "with recursive flat (number) as (select 1 union all select number + 1 from flat where number < 50)
               insert into premises (premises_id, house_id, number, kind, area_hundredths, created_at)
               select house_id || '-' || number, house_id, number, 'residential', 4000, '' from house, flat";
    state.db().write(|tx| tx.execute(sql, &[])).unwrap();
    let mut micros: Vec<_> = (0..1_000)
        .map(|number| {
            let typed = format!("{} 3", mistyped(&street(number % 400)));
            let begun = Instant::now();
            let house = found(&state, &typed).len();
            let ids = [format!("house-{}", number % 400)];
            let ids: Vec<_> = ids.iter().map(String::as_str).collect();
            let premises = state
                .db()
                .read(|conn| addresses::premises_in(conn, "nobody", &ids, Some("15"), Filter::default(), 400));
            assert!(house > 0 && premises.unwrap().len() == 1);
            begun.elapsed().as_micros()
        })
        .collect();
    micros.sort_unstable();
    println!(
        "{} premises: median {} µs, p99 {} µs",
        state.number("select count(*) from premises"),
        micros[500],
        micros[990]
    );
}
