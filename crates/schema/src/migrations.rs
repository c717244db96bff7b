//! The list, in order. A test holds it against the folder.

use rusqlite::Transaction;
use sha2::{Digest, Sha256};

/// One numbered step: SQL, and where SQL is not enough, a function that upgrades the rows after it.
#[derive(Clone, Copy)]
pub struct Migration {
    /// The file's name without `.sql`: four digits, an underscore, words.
    pub name: &'static str,
    /// The file's text.
    pub sql: &'static str,
    upgrade: Option<fn(&Transaction<'_>) -> rusqlite::Result<()>>,
}

impl Migration {
    /// A migration that is SQL alone.
    pub const fn new(name: &'static str, sql: &'static str) -> Self {
        Self { name, sql, upgrade: None }
    }

    /// The same, followed by a function that upgrades rows within the same transaction.
    #[must_use]
    pub const fn then(self, upgrade: fn(&Transaction<'_>) -> rusqlite::Result<()>) -> Self {
        Self { upgrade: Some(upgrade), ..self }
    }

    /// Whether the text is all of it, so that it can be run where a function cannot reach.
    pub fn is_sql_alone(&self) -> bool {
        self.upgrade.is_none()
    }

    /// The number the name begins with; 0 for a name without one, which the list's test refuses.
    pub fn version(&self) -> u32 {
        self.name.get(..4).and_then(|digits| digits.parse().ok()).unwrap_or(0)
    }

    /// SHA-256 of the SQL in hex, as the ledger keeps it.
    pub fn sha256(&self) -> String {
        Sha256::digest(self.sql).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub(crate) fn run(&self, transaction: &Transaction<'_>) -> rusqlite::Result<()> {
        transaction.execute_batch(self.sql)?;
        self.upgrade.map_or(Ok(()), |upgrade| upgrade(transaction))
    }
}

macro_rules! sql {
    ($name:literal) => {
        Migration::new($name, include_str!(concat!("../migrations/", $name, ".sql")))
    };
}

/// Every migration of the suite, oldest first.
pub const MIGRATIONS: &[Migration] = &[
    sql!("0001_state"),
    sql!("0002_setting"),
    sql!("0003_audit"),
    sql!("0004_request"),
    sql!("0005_person"),
    sql!("0006_home"),
    sql!("0007_reading"),
    sql!("0008_event"),
    sql!("0009_notice"),
    sql!("0010_sign_in_lock"),
    sql!("0011_hashing_slot"),
    sql!("0012_age"),
    sql!("0013_address"),
    sql!("0014_contact_code"),
    sql!("0015_consent"),
    sql!("0016_invitation"),
    sql!("0017_import"),
    sql!("0018_status"),
    sql!("0019_typed_lock"),
    sql!("0020_own_share"),
    sql!("0021_import_revision"),
    sql!("0022_invitation_reset"),
    sql!("0023_identity"),
    sql!("0024_confirmation"),
    sql!("0025_contact_change"),
    sql!("0026_hashing_cost"),
    sql!("0027_identity_cookie"),
    sql!("0028_provider_refusals"),
    sql!("0029_provider"),
    sql!("0030_export"),
    sql!("0031_erasure"),
    sql!("0032_consent_erasure"),
    sql!("0033_delegation"),
    sql!("0034_second_factor"),
    sql!("0035_pending_sign_in"),
    sql!("0036_trusted_device"),
    sql!("0037_sign_in_block"),
    sql!("0038_staff_second_factor"),
    sql!("0039_passkey"),
    sql!("0040_recovered_sign_in"),
    sql!("0041_level"),
    sql!("0042_level_request"),
    sql!("0043_common_passwords"),
    sql!("0044_password_no"),
    sql!("0045_role_grant"),
    sql!("0046_invitation_scope"),
    sql!("0047_person_snils"),
    sql!("0048_level_document_asked"),
    sql!("0049_hashing_slot_of_strangers"),
    sql!("0050_certificate"),
    sql!("0051_electronic_address"),
    sql!("0052_provider_freshness"),
    sql!("0053_waiting_identity"),
    sql!("0054_name_of_provider"),
    sql!("0055_sign_in_help"),
    sql!("0056_contact_code_device"),
    sql!("0057_level_document_files"),
    sql!("0058_recovery_waits"),
    sql!("0059_replaced_contact"),
    sql!("0060_tariff"),
    sql!("0061_billing"),
    sql!("0062_ledger"),
    sql!("0063_debt"),
    sql!("0064_meter_event"),
    sql!("0065_reading_channel"),
    sql!("0066_unproved_contact"),
    sql!("0067_former_contact"),
    sql!("0068_consent_to_provider_data"),
    sql!("0069_company_bank"),
    sql!("0070_run_company"),
    sql!("0071_link_denial"),
    sql!("0072_given_up_contact"),
    sql!("0073_reading_token"),
    sql!("0074_incoming_sms"),
    sql!("0075_transfer_act"),
    sql!("0076_production_day"),
    sql!("0077_opening"),
    sql!("0078_account_benefit"),
    sql!("0079_absence"),
    sql!("0080_bill_penalty"),
    sql!("0081_debt_dispute"),
    sql!("0082_consumption_median"),
    sql!("0083_open_day"),
    sql!("0084_delegate_look"),
    sql!("0085_interruption"),
    sql!("0086_house_volume"),
    sql!("0087_bill_question"),
    sql!("0088_used_inside"),
    sql!("0089_charge_request"),
    sql!("0090_tariff_notice"),
    sql!("0091_reading_acknowledgement"),
    sql!("0092_used_inside_by_run"),
    sql!("0093_premises_area"),
    sql!("0094_charge_rules"),
    sql!("0095_told_change"),
    sql!("0096_direct_volume"),
];
