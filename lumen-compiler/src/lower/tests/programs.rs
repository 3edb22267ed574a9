//! Hand-built programs and their code.

use super::maker::{BOOL, FLOAT, INT, ModuleMaker, NEVER, NULL, STRING};
use super::{Options, lowered};
use crate::diagnostic::Code;
use crate::hir::{
    ArithmeticOp, Callee, CompareOp, Constraint, Element, ExprKind, Iterable, PatternKind, Statement, Step,
    Type,
};
use crate::lower::lower;
use lumen_vm::lir::Intrinsic;

#[test]
fn recursion_passes_arguments_in_place() {
    let mut module = ModuleMaker::new();
    module.cell("fib", &[("n", INT)], INT, |cell| {
        let n = cell.parameter(0);
        let (left, two) = (cell.get(n), cell.int(2));
        let small = cell.compare(CompareOp::Less, left, two);
        let mut parts = Vec::new();
        for less in [1, 2] {
            let (left, right) = (cell.get(n), cell.int(less));
            let argument = cell.arithmetic(ArithmeticOp::Subtract, left, right);
            parts.push(cell.call(Callee::Here(0), INT, &[argument]));
        }
        let sum = cell.arithmetic(ArithmeticOp::Add, parts[0], parts[1]);
        let n = cell.get(n);
        cell.if_else(INT, small, n, Some(sum))
    });
    insta::assert_snapshot!(lowered(&module.module, Options::ALL).disassemble());
}

#[test]
fn a_sieve_stores_in_place() {
    let mut module = ModuleMaker::new();
    let flags = module.list(BOOL);
    module.cell("sieve", &[("n", INT), ("flags", flags)], INT, |cell| {
        let (n, parameter) = (cell.parameter(0), cell.parameter(1));
        let (mutable, count) = (cell.local("flags", flags), cell.local("count", INT));
        let (i, j) = (cell.local("i", INT), cell.local("j", INT));
        let value = cell.get(parameter);
        let mut statements = vec![cell.declare(mutable, value)];
        let zero = cell.int(0);
        statements.push(cell.declare(count, zero));
        // if flags[i]: count += 1; j = i + i; while j < n: flags[j] = false; j += i
        let (list, at) = (cell.get(mutable), cell.get(i));
        let condition = cell.index(list, at, BOOL);
        let (left, right) = (cell.get(count), cell.int(1));
        let more = cell.arithmetic(ArithmeticOp::Add, left, right);
        let mut then = vec![cell.assign(count, vec![], more)];
        let (left, right) = (cell.get(i), cell.get(i));
        let twice = cell.arithmetic(ArithmeticOp::Add, left, right);
        then.push(cell.declare(j, twice));
        let (left, right) = (cell.get(j), cell.get(n));
        let below = cell.compare(CompareOp::Less, left, right);
        let (at, no) = (cell.get(j), cell.expr(ExprKind::Bool(false), BOOL));
        let clear = cell.assign(mutable, vec![Step::Index(at)], no);
        let (left, right) = (cell.get(j), cell.get(i));
        let next = cell.arithmetic(ArithmeticOp::Add, left, right);
        let next = cell.assign(j, vec![], next);
        let body = cell.block(vec![clear, next], None);
        let id = cell.loop_id();
        then.push(Statement::While {
            id,
            condition: below,
            body,
        });
        let then = cell.block(then, None);
        let branch = cell.if_else(NULL, condition, then, None);
        let (from, to) = (cell.int(2), cell.get(n));
        let iterable = Iterable::Range {
            from,
            to,
            inclusive: false,
        };
        statements.push(cell.for_each(i, iterable, branch));
        let count = cell.get(count);
        cell.block(statements, Some(count))
    });
    insta::assert_snapshot!(lowered(&module.module, Options::ALL).disassemble());
}

#[test]
fn a_field_of_a_record_in_a_list_is_stored_in_place() {
    let mut module = ModuleMaker::new();
    let (_, body) = module.record("Body", &[("x", FLOAT), ("vx", FLOAT)], false);
    let bodies = module.list(body);
    module.cell("advance", &[("bs", bodies), ("dt", FLOAT)], bodies, |cell| {
        let (given, dt) = (cell.parameter(0), cell.parameter(1));
        let (bs, i) = (cell.local("bs", bodies), cell.local("i", INT));
        let value = cell.get(given);
        let mut statements = vec![cell.declare(bs, value)];
        // bs[i].x = bs[i].x + dt * bs[i].vx
        let mut read = |position| {
            let (list, at) = (cell.get(bs), cell.get(i));
            let element = cell.index(list, at, body);
            cell.expr(ExprKind::Field(element, position), FLOAT)
        };
        let (x, vx) = (read(0), read(1));
        let dt = cell.get(dt);
        let step = cell.arithmetic(ArithmeticOp::Multiply, dt, vx);
        let sum = cell.arithmetic(ArithmeticOp::Add, x, step);
        let at = cell.get(i);
        let field = Step::Field {
            position: 0,
            constructor: None,
        };
        let store = cell.assign(bs, vec![Step::Index(at), field], sum);
        let round = cell.block(vec![store], None);
        let (from, of) = (cell.int(0), cell.get(bs));
        let to = cell.intrinsic(Intrinsic::LengthOfList, INT, &[of]);
        let iterable = Iterable::Range {
            from,
            to,
            inclusive: false,
        };
        statements.push(cell.for_each(i, iterable, round));
        let value = cell.get(bs);
        cell.block(statements, Some(value))
    });
    insta::assert_snapshot!(lowered(&module.module, Options::ALL).disassemble());
}

#[test]
fn a_recursive_cell_passes_its_list_on() {
    let mut module = ModuleMaker::new();
    let ints = module.list(INT);
    module.cell("qs", &[("v", ints), ("lo", INT), ("hi", INT)], ints, |cell| {
        let (given, lo, hi) = (cell.parameter(0), cell.parameter(1), cell.parameter(2));
        let v = cell.local("v", ints);
        let value = cell.get(given);
        let mut statements = vec![cell.declare(v, value)];
        let (left, right) = (cell.get(hi), cell.get(lo));
        let done = cell.compare(CompareOp::LessEqual, left, right);
        let value = cell.get(v);
        let leave = cell.expr(ExprKind::Return(Some(value)), NEVER);
        let stop = cell.if_else(NULL, done, leave, None);
        statements.push(Statement::Expr(stop));
        let mid = cell.local("mid", INT);
        let (left, right) = (cell.get(lo), cell.get(hi));
        let sum = cell.arithmetic(ArithmeticOp::Add, left, right);
        let two = cell.int(2);
        let half = cell.arithmetic(ArithmeticOp::Divide, sum, two);
        statements.push(cell.declare(mid, half));
        for (from, to) in [(lo, mid), (mid, hi)] {
            let arguments = [cell.get(v), cell.get(from), cell.get(to)];
            let sorted = cell.call(Callee::Here(0), ints, &arguments);
            statements.push(cell.assign(v, vec![], sorted));
        }
        let value = cell.get(v);
        cell.block(statements, Some(value))
    });
    insta::assert_snapshot!(lowered(&module.module, Options::ALL).disassemble());
}

#[test]
fn constructors_call_the_check_when_a_constraint_is_broken() {
    let mut module = ModuleMaker::new();
    let fields = [("low", INT), ("high", INT)];
    let record = module.record("Range", &fields, true);
    module.constructor(record, &fields, |cell| {
        let zero = cell.int(0);
        let low = cell.get(cell.parameter(0));
        let positive = cell.compare(CompareOp::LessEqual, zero, low);
        let (low, high) = (cell.get(cell.parameter(0)), cell.get(cell.parameter(1)));
        let ascending = cell.compare(CompareOp::Less, low, high);
        [(0, positive, "low >= 0"), (1, ascending, "low < high")]
            .into_iter()
            .map(|(field, condition, text)| Constraint {
                field,
                condition,
                text: text.to_owned(),
            })
            .collect()
    });
    insta::assert_snapshot!(lowered(&module.module, Options::ALL).disassemble());
}

#[test]
fn arms_of_variants_are_switched_on() {
    let mut module = ModuleMaker::new();
    let (_, shape) = module.enumeration(
        "Shape",
        &[
            ("Circle", &[FLOAT]),
            ("Square", &[FLOAT]),
            ("Dot", &[]),
            ("Line", &[FLOAT, FLOAT]),
        ],
    );
    module.cell("size", &[("shape", shape)], FLOAT, |cell| {
        let (r, s) = (cell.local("r", FLOAT), cell.local("s", FLOAT));
        let bound = cell.bind(r);
        let circle = PatternKind::Variant {
            variant: 0,
            payload: vec![bound],
        };
        let circle = cell.pattern(circle, shape);
        let zero = cell.expr(ExprKind::Float(0.0), FLOAT);
        let radius = cell.get(r);
        let guard = cell.compare(CompareOp::Less, zero, radius);
        let radius = cell.get(r);
        let bound = cell.bind(s);
        let mut either = Vec::new();
        for variant in [0, 1] {
            let payload = vec![bound];
            either.push(cell.pattern(PatternKind::Variant { variant, payload }, shape));
        }
        let either = cell.pattern(PatternKind::Or(either), shape);
        let side = cell.get(s);
        let side = cell.expr(ExprKind::Negate(side), FLOAT);
        let rest = cell.pattern(PatternKind::Wildcard, shape);
        let one = cell.expr(ExprKind::Float(1.0), FLOAT);
        let scrutinee = cell.get(cell.parameter(0));
        let arms = [
            (circle, Some(guard), radius),
            (either, None, side),
            (rest, None, one),
        ];
        cell.match_on(FLOAT, scrutinee, &arms)
    });
    insta::assert_snapshot!(lowered(&module.module, Options::ALL).disassemble());
}

#[test]
fn inclusive_ranges_stop_before_their_last_step() {
    let mut module = ModuleMaker::new();
    module.cell("last", &[("from", INT), ("to", INT)], INT, |cell| {
        let (last, i) = (cell.local("last", INT), cell.local("i", INT));
        let zero = cell.int(0);
        let mut statements = vec![cell.declare(last, zero)];
        let value = cell.get(i);
        let set = cell.assign(last, vec![], value);
        let body = cell.block(vec![set], None);
        let (from, to) = (cell.get(cell.parameter(0)), cell.get(cell.parameter(1)));
        let iterable = Iterable::Range {
            from,
            to,
            inclusive: true,
        };
        statements.push(cell.for_each(i, iterable, body));
        let value = cell.get(last);
        cell.block(statements, Some(value))
    });
    insta::assert_snapshot!(lowered(&module.module, Options::ALL).disassemble());
}

#[test]
fn texts_grow_in_place() {
    let mut module = ModuleMaker::new();
    let strings = module.list(STRING);
    module.cell("joined", &[("parts", strings)], STRING, |cell| {
        let (text, part) = (cell.local("text", STRING), cell.local("part", STRING));
        let empty = cell.string("");
        let mut statements = vec![cell.declare(text, empty)];
        let (left, right) = (cell.get(text), cell.get(part));
        let joined = cell.expr(ExprKind::Concat(vec![left, right]), STRING);
        let grow = cell.assign(text, vec![], joined);
        let body = cell.block(vec![grow], None);
        let parts = cell.get(cell.parameter(0));
        statements.push(cell.for_each(part, Iterable::List(parts), body));
        let value = cell.get(text);
        cell.block(statements, Some(value))
    });
    insta::assert_snapshot!(lowered(&module.module, Options::ALL).disassemble());
}

#[test]
fn optionals_are_tested_and_narrowed() {
    let mut module = ModuleMaker::new();
    let optional = module.ty(Type::Union(vec![NULL, INT]));
    module.cell("value", &[("given", optional)], INT, |cell| {
        let given = cell.get(cell.parameter(0));
        let other = cell.int(-1);
        let value = cell.expr(ExprKind::Coalesce(given, other), INT);
        let given = cell.get(cell.parameter(0));
        let sure = cell.expr(ExprKind::UnwrapOptional(given), INT);
        cell.arithmetic(ArithmeticOp::Add, value, sure)
    });
    insta::assert_snapshot!(lowered(&module.module, Options::ALL).disassemble());
}

#[test]
fn long_literals_need_few_registers() {
    let mut module = ModuleMaker::new();
    let ints = module.list(INT);
    let rows = module.list(ints);
    module.cell("long", &[], rows, |cell| {
        let mut row = |length| {
            let items: Vec<_> = (0..length).map(|value| cell.int(value)).collect();
            Element::Item(cell.list(ints, &items))
        };
        let mut elements: Vec<Element> = (0..200).map(&mut row).collect();
        elements.push(row(100_000));
        cell.expr(ExprKind::List(elements), rows)
    });
    let long = &lowered(&module.module, Options::ALL).cells[0];
    assert!(long.registers < 200, "{} registers", long.registers);
}

#[test]
fn a_cell_that_holds_too_much_at_a_time_is_an_error() {
    let cell_with = |count: usize| {
        let mut module = ModuleMaker::new();
        module.cell("wide", &[("n", INT)], INT, |cell| {
            let locals: Vec<_> = (0..count).map(|_| cell.local("held", INT)).collect();
            let mut statements = Vec::new();
            for (step, &local) in (1..).zip(&locals) {
                let (n, step) = (cell.get(cell.parameter(0)), cell.int(step));
                let value = cell.arithmetic(ArithmeticOp::Multiply, n, step);
                statements.push(cell.declare(local, value));
            }
            let mut sum = cell.int(0);
            for local in locals.into_iter().rev() {
                let value = cell.get(local);
                sum = cell.arithmetic(ArithmeticOp::Subtract, value, sum);
            }
            cell.block(statements, Some(sum))
        });
        lower(&module.module)
    };
    assert!(cell_with(250).is_ok());
    let errors = cell_with(300).expect_err("there are 256 registers");
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].code, Code::E0050);
}

#[test]
fn the_same_tree_gives_the_same_module() {
    let tape: Vec<u16> = (0..600_u32).map(|index| (index * 7919 % 65_521) as u16).collect();
    let module = super::generate::module(&tape);
    let [first, second] =
        [lower(&module), lower(&module.clone())].map(|lowered| lowered.expect("few registers"));
    assert_eq!(first.module, second.module);
    assert_eq!(first.debug, second.debug);
}
