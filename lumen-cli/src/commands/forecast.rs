//! `lumen build --dry-run`: what a build would do, and why. Writes nothing.

use super::Session;
use super::builder::{Builder, Target};
use super::modules::spoken;
use super::reasons::{reason, reason_fields, versioned};
use crate::arguments::BuildOptions;
use crate::exit::Exit;
use crate::output::{milliseconds, plural, seconds};
use anyhow::Result;
use lumen_build::{Forecast, ModuleForecast, Prediction, Reason};
use serde_json::{Map, Value, json};

/// Says what would be done with every module that is not up to date.
pub(crate) fn forecast(session: &Session, target: Target, options: &BuildOptions) -> Result<Exit> {
    let forecast = match Builder::asking(session, target, options).forecast() {
        Ok(forecast) => forecast,
        Err(exit) => return Ok(exit),
    };
    session.output.remarks(
        forecast.manifests.as_ref(),
        &forecast.notes,
        &session.environment.folder,
    );
    for module in &forecast.modules {
        if let Some((line, event)) = told(module) {
            session.output.item(&line, &event);
        }
    }
    summary(session, &forecast);
    Ok(match forecast.cancelled {
        true => Exit::Interrupted,
        false => Exit::Done,
    })
}

/// A line and an event for a module; nothing if it is up to date.
fn told(module: &ModuleForecast) -> Option<(String, Value)> {
    let name = spoken(&module.module);
    let mut fields = Map::new();
    fields.insert("module".to_owned(), name.clone().into());
    let (word, why) = match &module.prediction {
        Prediction::UpToDate => return None,
        Prediction::Compiled(why @ Reason::ImportCycle) => {
            reason_fields(why, &mut fields);
            ("fail", reason(why))
        }
        Prediction::Compiled(why) => {
            reason_fields(why, &mut fields);
            ("compile", reason(why))
        }
        Prediction::Cached(why) => {
            reason_fields(why, &mut fields);
            ("cache", reason(why))
        }
        Prediction::Maybe(because) => {
            let because = spoken(because);
            let why = format!("it depends on what becomes of {because}");
            fields.insert("because".to_owned(), because.into());
            ("maybe", why)
        }
        Prediction::Unreadable(why) => {
            fields.insert("message".to_owned(), why.clone().into());
            ("fail", format!("its document cannot be read: {why}"))
        }
    };
    fields.insert("prediction".to_owned(), word.into());
    let line = format!("{word:<7}  {name}: {why}");
    Some((line, versioned("forecast", 1, fields)))
}

fn summary(session: &Session, forecast: &Forecast) {
    let count = |is: fn(&Prediction) -> bool| {
        let modules = forecast.modules.iter();
        modules.filter(|module| is(&module.prediction)).count()
    };
    let cycle = |prediction: &Prediction| matches!(prediction, Prediction::Compiled(Reason::ImportCycle));
    let in_cycle = forecast
        .modules
        .iter()
        .filter(|module| cycle(&module.prediction))
        .count();
    let compiled = count(|prediction| matches!(prediction, Prediction::Compiled(_))) - in_cycle;
    let cached = count(|prediction| matches!(prediction, Prediction::Cached(_)));
    let maybe = count(|prediction| matches!(prediction, Prediction::Maybe(_)));
    let failing = count(|prediction| matches!(prediction, Prediction::Unreadable(_))) + in_cycle;
    let up_to_date = count(|prediction| *prediction == Prediction::UpToDate);
    session.output.event(&json!({
        "event": "forecast-finished",
        "version": 1,
        "modules": forecast.modules.len(),
        "compile": compiled,
        "cache": cached,
        "maybe": maybe,
        "fail": failing,
        "up_to_date": up_to_date,
        "milliseconds": milliseconds(forecast.duration),
    }));
    if forecast.modules.is_empty() && !forecast.cancelled {
        let time = seconds(forecast.duration);
        session
            .output
            .status("Foreseen", &format!("0 modules in {time}; nothing was written"));
        return session.output.no_documents();
    }
    let parts = [
        (compiled, "to compile"),
        (cached, "from the cache"),
        (maybe, "maybe"),
        (failing, "to fail"),
        (up_to_date, "up to date"),
    ];
    let counts: Vec<String> = parts
        .iter()
        .filter(|(number, what)| *number > 0 || *what == "to compile")
        .map(|(number, what)| format!("{number} {what}"))
        .collect();
    session.output.status(
        "Foreseen",
        &format!(
            "{} in {}: {}; nothing was written",
            plural(forecast.modules.len(), "module"),
            seconds(forecast.duration),
            counts.join(", ")
        ),
    );
}
