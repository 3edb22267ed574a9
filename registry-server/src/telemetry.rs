//! Numbers for those who watch the registry, in the text format of Prometheus. One recorder a registry, none global.
//!
//! Labels are routes, methods and statuses of the registry's own; no names, users or paths, so that their number is bounded.

use ::metrics::{Counter, Gauge, Histogram, Key, KeyName, Label, Level, Metadata, Recorder as _, Unit};
use metrics_exporter_prometheus::{
    BuildError, Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const REQUESTS: &str = "registry_requests_total";
const DURATION: &str = "registry_request_duration_seconds";
const PUBLISHES: &str = "registry_publishes_total";
const BATCH_LEAVES: &str = "registry_batch_leaves";
const BATCH_DURATION: &str = "registry_batch_duration_seconds";
const LOG_SIZE: &str = "registry_log_leaves";
const PACKAGES: &str = "registry_packages";
const HELD: &str = "registry_held_names";
const EXPIRES: &str = "registry_metadata_expires_seconds";

/// What each number is.
const DESCRIPTIONS: [(&str, &str); 9] = [
    (REQUESTS, "Requests answered, by route, method and status"),
    (DURATION, "Time until a request was answered, by route"),
    (PUBLISHES, "Versions put into the log"),
    (BATCH_LEAVES, "Leaves of a batch"),
    (
        BATCH_DURATION,
        "Time from the first proposal of a batch until all of it is public",
    ),
    (LOG_SIZE, "Leaves in the log"),
    (PACKAGES, "Packages in the map"),
    (HELD, "Names that wait for a person"),
    (
        EXPIRES,
        "Seconds until the metadata of a TUF role expires, negative after it has",
    ),
];

const SECONDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];
const LEAVES: [f64; 9] = [2.0, 3.0, 5.0, 9.0, 17.0, 33.0, 65.0, 129.0, 257.0];

/// After so many requests what histograms have buffered is put together, also if nobody asks for the numbers.
const UPKEEP: u64 = 4096;

/// The numbers of a registry.
pub struct Telemetry {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    requests: AtomicU64,
}

/// What is counted when it is asked for.
#[derive(Debug, Clone)]
pub struct Totals {
    /// Leaves in the log.
    pub leaves: u64,
    /// Packages in the map.
    pub packages: u64,
    /// Names that wait for a person.
    pub held: u64,
    /// Roles of TUF, and in how many seconds what they have signed last expires.
    pub expiries: Vec<(&'static str, i64)>,
}

impl Telemetry {
    /// All numbers at zero.
    ///
    /// # Errors
    /// Never with the buckets of this file.
    pub fn new() -> Result<Self, BuildError> {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full(DURATION.to_owned()), &SECONDS)?
            .set_buckets_for_metric(Matcher::Full(BATCH_DURATION.to_owned()), &SECONDS)?
            .set_buckets_for_metric(Matcher::Full(BATCH_LEAVES.to_owned()), &LEAVES)?
            .build_recorder();
        for (name, text) in DESCRIPTIONS {
            let (name, text) = (KeyName::from(name), text.into());
            match name.as_str() {
                REQUESTS | PUBLISHES => recorder.describe_counter(name, Some(Unit::Count), text),
                DURATION | BATCH_DURATION => recorder.describe_histogram(name, Some(Unit::Seconds), text),
                BATCH_LEAVES => recorder.describe_histogram(name, Some(Unit::Count), text),
                EXPIRES => recorder.describe_gauge(name, Some(Unit::Seconds), text),
                _ => recorder.describe_gauge(name, Some(Unit::Count), text),
            }
        }
        let telemetry = Self {
            handle: recorder.handle(),
            recorder,
            requests: AtomicU64::new(0),
        };
        telemetry.counter(Key::from_static_name(PUBLISHES)).increment(0);
        Ok(telemetry)
    }

    /// A request was answered. `route` is the registry's own text for it, never the path.
    pub fn request(&self, method: &'static str, route: String, status: u16, duration: Duration) {
        let labels = vec![
            Label::new("route", route.clone()),
            Label::new("method", method),
            Label::new("status", status.to_string()),
        ];
        self.counter(Key::from_parts(REQUESTS, labels)).increment(1);
        let key = Key::from_parts(DURATION, vec![Label::new("route", route)]);
        self.histogram(key).record(duration.as_secs_f64());
        if self.requests.fetch_add(1, Ordering::Relaxed) % UPKEEP == UPKEEP - 1 {
            self.handle.run_upkeep();
        }
    }

    /// A batch is public.
    #[expect(clippy::cast_precision_loss, reason = "a batch has some hundred leaves")]
    pub fn batch(&self, leaves: u64, publishes: u64, duration: Duration) {
        self.counter(Key::from_static_name(PUBLISHES))
            .increment(publishes);
        self.histogram(Key::from_static_name(BATCH_LEAVES))
            .record(leaves as f64);
        self.histogram(Key::from_static_name(BATCH_DURATION))
            .record(duration.as_secs_f64());
    }

    /// All numbers as text.
    #[expect(clippy::cast_precision_loss, reason = "numbers beyond 2^53 do not come")]
    pub fn render(&self, totals: Totals) -> String {
        let gauges = [
            (LOG_SIZE, totals.leaves),
            (PACKAGES, totals.packages),
            (HELD, totals.held),
        ];
        for (name, value) in gauges {
            self.gauge(Key::from_static_name(name)).set(value as f64);
        }
        for (role, seconds) in totals.expiries {
            let key = Key::from_parts(EXPIRES, vec![Label::new("role", role)]);
            self.gauge(key).set(seconds as f64);
        }
        self.handle.render()
    }

    fn counter(&self, key: Key) -> Counter {
        self.recorder.register_counter(&key, &METADATA)
    }

    fn gauge(&self, key: Key) -> Gauge {
        self.recorder.register_gauge(&key, &METADATA)
    }

    fn histogram(&self, key: Key) -> Histogram {
        self.recorder.register_histogram(&key, &METADATA)
    }
}

static METADATA: Metadata<'static> = Metadata::new("registry", Level::INFO, None);
