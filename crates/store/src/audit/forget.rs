//! Particulars that the law makes go. The chain stays whole: it covers commitments, not the particulars themselves.

use crate::{Result, Tx, params};

/// Erases the particulars of what a person did at home and of what was done to the person; of what the person did as
/// one of the staff, only from where: the rest concerns others. At most of `count` entries; answers of how many.
///
/// # Errors
/// A failing database.
pub fn forget(tx: &Tx<'_>, person_id: &str, count: u32) -> Result<usize> {
    let gone = own(tx, person_id, count)?;
    if gone > 0 { Ok(gone) } else { of_work(tx, person_id, count) }
}

fn own(tx: &Tx<'_>, person_id: &str, count: u32) -> Result<usize> {
    let sql = "delete from audit_detail where audit_seq in
               (select d.audit_seq from audit_entry e join audit_detail d using (audit_seq)
                where e.object = 'person:' || ?1 and e.action <> 'person.erase'
                union all
                select d.audit_seq from audit_entry e join audit_detail d using (audit_seq)
                where e.actor = ?1 and e.action <> 'account.import'
                  and substr(e.object, 1, instr(e.object, ':')) in ('account:', 'session:', 'identity:', 'delegation:')
                limit ?2)
               returning 1";
    Ok(tx.query(sql, params![person_id, i64::from(count)])?.len())
}

fn of_work(tx: &Tx<'_>, person_id: &str, count: u32) -> Result<usize> {
    let sql = "update audit_detail
               set fields = (select json_group_array(json(value)) from json_each(fields)
                             where value ->> 'name' not in ('address', 'browser', 'session', 'user_agent'))
               where audit_seq in
                     (select d.audit_seq from audit_entry e join audit_detail d using (audit_seq)
                      where e.actor = ?1
                        and exists (select 1 from json_each(d.fields)
                                    where value ->> 'name' in ('address', 'browser', 'session', 'user_agent'))
                      limit ?2)
               returning 1";
    Ok(tx.query(sql, params![person_id, i64::from(count)])?.len())
}
