//! What a bill has lines for: the names by which tariffs, norms and lines are told apart.

use domain::service::Service;
use serde::Serialize;
use utoipa::ToSchema;
use web::Reply;

/// Every service, in the order of a bill.
#[derive(Serialize, ToSchema)]
pub(crate) struct ServiceList {
    items: Vec<ServiceView>,
}

/// A service, a contribution, or a part of one with a price of its own.
#[derive(Serialize, ToSchema)]
pub(crate) struct ServiceView {
    /// The name by which files and answers tell it: `cold_water`.
    service: &'static str,
    /// What a resident calls it, Russian.
    title: &'static str,
    /// What its volume is measured in: `м³`.
    unit: &'static str,
}

impl From<Service> for ServiceView {
    fn from(service: Service) -> Self {
        Self { service: service.as_str(), title: service.title(), unit: service.unit().symbol() }
    }
}

/// What a bill has lines for, in the order of a bill; for everybody
#[utoipa::path(
    get, path = "/api/billing/services", operation_id = "list_services", tag = "billing",
    responses((status = 200, body = ServiceList))
)]
pub(crate) async fn list() -> Reply<ServiceList> {
    Reply::ok(ServiceList { items: Service::ALL.into_iter().map(ServiceView::from).collect() })
}
