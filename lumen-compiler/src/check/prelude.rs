//! The records that the language itself declares. Declarations of the document may hide their names.

use super::context::Checker;
use super::definition::{Definition, FieldInfo, Layout};
use super::types::{Type, Types};
use crate::hir::{NominalId, Ty};
use crate::syntax::name::Name;
use lumen_vm::lir::{ModuleId, PRELUDE, PreludeRecord, SignatureType};

impl Checker<'_> {
    /// The table's entry for a record of the prelude.
    pub(crate) fn prelude_nominal(&mut self, record: PreludeRecord) -> NominalId {
        let nominal = self.foreign_nominal(&ModuleId::parse(PRELUDE), record.name());
        self.layout(nominal);
        nominal
    }

    /// What a name of the prelude stands for.
    pub(crate) fn prelude_definition(&mut self, name: Name) -> Option<Definition> {
        let record = PreludeRecord::from_name(self.text(name))?;
        Some(Definition::Nominal(self.prelude_nominal(record)))
    }

    /// The type of a record of the prelude.
    pub(crate) fn prelude_type(&mut self, record: PreludeRecord) -> Ty {
        let nominal = self.prelude_nominal(record);
        self.types.intern(Type::Nominal(nominal, Box::default()))
    }

    /// The record of the prelude that a nominal is.
    pub(crate) fn prelude_record(&self, nominal: NominalId) -> Option<PreludeRecord> {
        let info = self.nominal(nominal);
        match &info.module {
            Some(module) if module.as_str() == PRELUDE => PreludeRecord::from_name(&info.name),
            _ => None,
        }
    }

    /// Its fields.
    pub(crate) fn prelude_layout(&mut self, record: PreludeRecord) -> Layout {
        let fields = record
            .fields()
            .iter()
            .map(|(name, ty)| FieldInfo {
                name: (*name).into(),
                ty: self.prelude_field(ty),
                default: 0,
                span: None,
            })
            .collect();
        Layout::Record {
            fields,
            constrained: false,
        }
    }

    fn prelude_field(&mut self, ty: &SignatureType) -> Ty {
        match ty {
            SignatureType::String => Types::STRING,
            SignatureType::Json => Types::JSON,
            SignatureType::List(element) => {
                let element = self.prelude_field(element);
                self.types.list(element)
            }
            SignatureType::Prelude(record) => self.prelude_type(*record),
            _ => unreachable!("the prelude's records have fields of these types only"),
        }
    }
}
