//! The binary form: round trips, one encoding only, and foreign bytes.

use lumen_vm::lir::{BinaryProblem, Debug, Module, SectionDigest};
use proptest::prelude::*;

use crate::generate::{arbitrary_debug, arbitrary_module};

/// Bytes in which some were changed, inserted or removed.
fn mutated(bytes: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let edit = (
        any::<prop::sample::Index>(),
        0..4u8,
        prop_oneof![any::<u8>(), 0..4u8],
    );
    prop::collection::vec(edit, 1..6).prop_map(move |edits| {
        let mut bytes = bytes.clone();
        for (index, kind, value) in edits {
            if bytes.is_empty() {
                break;
            }
            let at = index.index(bytes.len());
            match kind {
                0 | 1 => bytes[at] = value,
                2 => bytes.insert(at, value),
                _ => bytes.truncate(at),
            }
        }
        bytes
    })
}

proptest! {
    #[test]
    fn decoding_an_encoded_module_yields_it(module in arbitrary_module()) {
        let bytes = module.encode();
        prop_assert_eq!(Module::decode(&bytes).expect("an encoding decodes"), module);
    }

    #[test]
    fn decoding_an_encoded_debug_section_yields_it(debug in arbitrary_debug()) {
        let bytes = debug.encode();
        prop_assert_eq!(Debug::decode(&bytes).expect("an encoding decodes"), debug);
    }

    #[test]
    fn mutated_modules_are_refused_or_have_that_very_encoding(
        bytes in arbitrary_module().prop_flat_map(|module| mutated(module.encode()))
    ) {
        if let Ok(module) = Module::decode(&bytes) {
            prop_assert_eq!(module.encode(), bytes);
        }
    }

    #[test]
    fn mutated_debug_sections_are_refused_or_have_that_very_encoding(
        bytes in arbitrary_debug().prop_flat_map(|debug| mutated(debug.encode()))
    ) {
        if let Ok(debug) = Debug::decode(&bytes) {
            prop_assert_eq!(debug.encode(), bytes);
        }
    }

    #[test]
    fn any_prefix_of_an_encoding_is_refused(module in arbitrary_module(), cut in any::<prop::sample::Index>()) {
        let bytes = module.encode();
        prop_assert!(Module::decode(&bytes[..cut.index(bytes.len())]).is_err());
    }
}

fn empty() -> Module {
    Module::decode(&{
        let mut bytes = b"LIRM\x03\0\0\0".to_vec();
        for length in [6u32, 4, 4, 4, 4, 4, 4, 4, 4] {
            bytes.extend(length.to_le_bytes());
        }
        bytes.extend(b"\x02\0\0\0:x");
        bytes.extend([0; 32]);
        bytes
    })
    .expect("the layout that the spec draws")
}

#[test]
fn problems_are_told_apart() {
    let bytes = empty().encode();
    let problem = |edit: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = bytes.clone();
        edit(&mut bytes);
        Module::decode(&bytes).expect_err("edited").problem
    };
    assert_eq!(problem(&|bytes| bytes[0] = b'l'), BinaryProblem::Magic);
    assert_eq!(
        problem(&|bytes| bytes[4] = 9),
        BinaryProblem::Version { found: 9 }
    );
    assert_eq!(problem(&|bytes| bytes.push(0)), BinaryProblem::Superfluous);
    assert_eq!(problem(&|bytes| bytes[8] = 5), BinaryProblem::Truncated);
    assert_eq!(problem(&|bytes| bytes[48] = 0xff), BinaryProblem::Utf8);
    let count_of_constants = 50;
    assert_eq!(
        problem(&|bytes| bytes[count_of_constants + 3] = 0xff),
        BinaryProblem::Truncated
    );
    assert_eq!(
        Module::decode(&Debug::default().encode())
            .expect_err("debug")
            .problem,
        BinaryProblem::Magic
    );
}

#[test]
fn the_same_bytes_have_another_digest_as_another_section() {
    let bytes = empty().encode();
    assert_ne!(SectionDigest::of_module(&bytes), SectionDigest::of_debug(&bytes));
    insta::assert_snapshot!(SectionDigest::of_module(&bytes), @"a339c76963118e6a43be78bc4d72dc3fec4719aa5a13dff7a00394294da25e47");
}
