use std::sync::Arc;

use super::{Reason, TypedInstruction, VerifyError, verify};
use crate::lir::{Assembler, Cell, CellKind, Generics, Module, ModuleId, Opcode, Parameter, Type, TypeId};

const INT: TypeId = TypeId(0);

/// A module of one cell `f(n: Int) -> Int` with this code.
fn module(registers: u16, code: Vec<u32>) -> Module {
    let cell = Cell {
        name: "f".to_owned(),
        kind: CellKind::Declared,
        public: true,
        generator: false,
        generics: Generics::default(),
        parameters: vec![Parameter {
            name: "n".to_owned(),
            ty: INT,
        }],
        result: INT,
        effects: Vec::new(),
        registers,
        code,
        handlers: Vec::new(),
    };
    Module {
        id: ModuleId::document("test"),
        constants: Vec::new(),
        types: vec![Type::Int, Type::Bool],
        nominals: Vec::new(),
        cells: vec![cell],
        imported_cells: Vec::new(),
        instances: Vec::new(),
        tools: Vec::new(),
        policies: Vec::new(),
    }
}

/// Counts down; r2 holds an Int before the loop and a Bool at its end.
fn countdown(returns: u8) -> Module {
    let mut code = Assembler::new();
    let [head, end] = [code.label(), code.label()];
    code.word(Opcode::LoadInt, 1, 0, 0);
    code.word(Opcode::LoadInt, 2, 0, 1);
    code.bind(head);
    code.plain(Opcode::Less, 2, 0, 1);
    code.jump(Opcode::JumpIf, 2, end);
    code.word(Opcode::LoadInt, 3, 0, 1);
    code.plain(Opcode::Subtract, 0, 0, 3);
    code.jump(Opcode::Jump, 0, head);
    code.bind(end);
    code.plain(Opcode::Return, returns, 0, 0);
    module(4, code.finish())
}

#[test]
fn a_loop_is_accepted_and_walked_with_its_types() {
    let verified = verify(Arc::new(countdown(1))).expect("well-typed");
    let mut shown = Vec::new();
    verified.walk(
        0,
        |TypedInstruction {
             instruction,
             before,
             result,
             starts_block,
             ..
         }| {
            let types: Vec<_> = (0..4)
                .map(|register| before.get(register).map(|ty| ty.0))
                .collect();
            shown.push((instruction.opcode, types, result.map(|ty| ty.0), starts_block));
        },
    );
    let (int, bool) = (Some(0), Some(1));
    assert_eq!(
        shown,
        [
            (Opcode::LoadInt, vec![int, None, None, None], int, true),
            (Opcode::LoadInt, vec![int, int, None, None], int, false),
            (Opcode::Less, vec![int, int, None, None], bool, true),
            (Opcode::JumpIf, vec![int, int, bool, None], None, false),
            (Opcode::LoadInt, vec![int, int, bool, None], int, true),
            (Opcode::Subtract, vec![int, int, bool, int], int, false),
            (Opcode::Jump, vec![int, int, bool, int], None, false),
            (Opcode::Return, vec![int, int, bool, None], None, true),
        ]
    );
}

#[test]
fn a_register_that_is_set_on_one_path_only_is_refused() {
    let VerifyError { reason, .. } = verify(Arc::new(countdown(3))).expect_err("r3 is set in the loop only");
    assert_eq!(reason, Reason::Unset { register: 3 });
}

#[test]
fn code_that_takes_long_to_settle_is_refused_early() {
    // Each block spoils one more register and jumps back to the first one.
    let mut code = Assembler::new();
    let head = code.label();
    for register in 1..=250 {
        code.word(Opcode::LoadInt, register, 0, 0);
    }
    code.word(Opcode::LoadInt, 0, 0, 0);
    code.bind(head);
    for _ in 0..20_000 {
        code.plain(Opcode::Less, 251, 0, 0);
    }
    for register in 1..=250 {
        let next = code.label();
        code.plain(Opcode::Less, 251, 0, 0);
        code.jump(Opcode::JumpIf, 251, next);
        code.plain(Opcode::Move, register, 251, 0);
        code.jump(Opcode::Jump, 0, head);
        code.bind(next);
    }
    code.plain(Opcode::Return, 0, 0, 0);
    let VerifyError { reason, .. } = verify(Arc::new(module(252, code.finish()))).expect_err("too much work");
    assert_eq!(reason, Reason::TooComplex);
}
