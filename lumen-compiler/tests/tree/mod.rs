//! Prints a tree compactly, one declaration or statement a line: `(+ a (* b c))`.

use lumen_compiler::syntax::ast::*;
use lumen_compiler::syntax::name::Name;
use std::fmt::Write;

/// The whole tree.
pub(crate) fn print(ast: &Ast) -> String {
    let mut printer = Printer {
        ast,
        out: String::new(),
        indent: 0,
    };
    printer.module();
    printer.out
}

struct Printer<'a> {
    ast: &'a Ast,
    out: String,
    indent: usize,
}

impl Printer<'_> {
    fn line(&mut self, text: &str) {
        let _ = writeln!(self.out, "{}{text}", "  ".repeat(self.indent));
    }

    fn name(&self, name: Name) -> &str {
        self.ast.names.text(name)
    }

    fn ident(&self, ident: &Ident) -> String {
        self.name(ident.name).to_owned()
    }

    fn idents(&self, idents: &[Ident], between: &str) -> String {
        idents
            .iter()
            .map(|ident| self.ident(ident))
            .collect::<Vec<_>>()
            .join(between)
    }

    fn module(&mut self) {
        for directive in &self.ast.directives {
            self.line(&format!(
                "directive {} = {:?}",
                self.ident(&directive.name),
                directive.value
            ));
        }
        for import in &self.ast.imports {
            let package = import
                .package
                .as_ref()
                .map_or(String::new(), |package| format!("<{}> ", self.ident(package)));
            let names = match &import.names {
                ImportNames::Module => "module".to_owned(),
                ImportNames::All(_) => "*".to_owned(),
                ImportNames::Some(names) => {
                    let name = |name: &ImportedName| match &name.alias {
                        Some(alias) => format!("{}->{}", self.ident(&name.name), self.ident(alias)),
                        None => self.ident(&name.name),
                    };
                    format!("[{}]", names.iter().map(name).collect::<Vec<_>>().join(" "))
                }
            };
            self.line(&format!(
                "import {package}{} {names}",
                self.idents(&import.path, ".")
            ));
        }
        for item in &self.ast.items {
            for attribute in &item.attributes {
                let arguments = self.exprs(&attribute.arguments);
                self.line(&format!("@{}({arguments})", self.ident(&attribute.name)));
            }
            let public = if item.public { "pub " } else { "" };
            self.item(public, &item.kind);
        }
        for statement in &self.ast.statements {
            self.statement(*statement);
        }
    }

    fn item(&mut self, public: &str, kind: &ItemKind) {
        match kind {
            ItemKind::Cell(cell) => self.cell(public, cell),
            ItemKind::Record(record) => {
                self.line(&format!(
                    "{public}record {}{}",
                    self.ident(&record.name),
                    self.generics(&record.generics)
                ));
                self.indent += 1;
                for field in &record.fields {
                    let mut text = format!("{}: {}", self.ident(&field.name), self.ty(field.ty));
                    if let Some(constraint) = field.constraint {
                        let _ = write!(text, " where {}", self.expr(constraint));
                    }
                    if let Some(default) = field.default {
                        let _ = write!(text, " = {}", self.expr(default));
                    }
                    self.line(&text);
                }
                self.indent -= 1;
            }
            ItemKind::Enum(item) => {
                self.line(&format!(
                    "{public}enum {}{}",
                    self.ident(&item.name),
                    self.generics(&item.generics)
                ));
                self.indent += 1;
                for variant in &item.variants {
                    let payload = if variant.payload.is_empty() {
                        String::new()
                    } else {
                        format!("({})", self.types(&variant.payload))
                    };
                    self.line(&format!("{}{payload}", self.ident(&variant.name)));
                }
                for method in &item.methods {
                    self.cell("", method);
                }
                self.indent -= 1;
            }
            ItemKind::Alias { name, generics, ty } => {
                self.line(&format!(
                    "{public}type {}{} = {}",
                    self.ident(name),
                    self.generics(generics),
                    self.ty(*ty)
                ));
            }
            ItemKind::Const { name, ty, value } => {
                let ty = ty.map_or(String::new(), |ty| format!(": {}", self.ty(ty)));
                self.line(&format!(
                    "{public}const {}{ty} = {}",
                    self.ident(name),
                    self.expr(*value)
                ));
            }
            ItemKind::Trait {
                name,
                generics,
                cells,
            } => {
                self.line(&format!(
                    "{public}trait {}{}",
                    self.ident(name),
                    self.generics(generics)
                ));
                self.indent += 1;
                for cell in cells {
                    self.cell("", cell);
                }
                self.indent -= 1;
            }
            ItemKind::Impl {
                generics,
                trait_name,
                target,
                cells,
            } => {
                self.line(&format!(
                    "impl{} {} for {}",
                    self.generics(generics),
                    self.ty(*trait_name),
                    self.ty(*target)
                ));
                self.indent += 1;
                for cell in cells {
                    self.cell("", cell);
                }
                self.indent -= 1;
            }
            ItemKind::Reserved { what, name } => {
                let name = name.as_ref().map_or("-".to_owned(), |name| self.ident(name));
                self.line(&format!("reserved {what:?} {name}"));
            }
        }
    }

    fn generics(&self, generics: &[Generic]) -> String {
        if generics.is_empty() {
            return String::new();
        }
        let one = |generic: &Generic| {
            let bounds = generic
                .bounds
                .iter()
                .map(|bound| self.ty(*bound))
                .collect::<Vec<_>>()
                .join(" + ");
            let colon = if bounds.is_empty() { "" } else { ": " };
            format!("{}{colon}{bounds}", self.ident(&generic.name))
        };
        format!("[{}]", generics.iter().map(one).collect::<Vec<_>>().join(", "))
    }

    fn cell(&mut self, public: &str, cell: &Cell) {
        let mut text = public.to_owned();
        if cell.is_async {
            text.push_str("async ");
        }
        if cell.is_extern {
            text.push_str("extern ");
        }
        let _ = write!(
            text,
            "cell {}{}(",
            self.ident(&cell.name),
            self.generics(&cell.generics)
        );
        for (index, parameter) in cell.parameters.iter().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            let ty = parameter.ty.map_or("?".to_owned(), |ty| self.ty(ty));
            let default = parameter
                .default
                .map_or(String::new(), |default| format!(" = {}", self.expr(default)));
            let _ = write!(text, "{comma}{}: {ty}{default}", self.ident(&parameter.name));
        }
        text.push(')');
        if let Some(result) = cell.result {
            let _ = write!(
                text,
                " -> {}{}",
                if cell.yields { "yield " } else { "" },
                self.ty(result)
            );
        }
        if let Some(effects) = &cell.effects {
            let _ = write!(text, " / {{{}}}", self.idents(effects, ", "));
        }
        self.line(&text);
        self.indented(&cell.body);
    }

    fn indented(&mut self, block: &Block) {
        self.indent += 1;
        for statement in &block.statements {
            self.statement(*statement);
        }
        self.indent -= 1;
    }

    fn statement(&mut self, id: StatementId) {
        let label = |label: &Option<Ident>| {
            label
                .as_ref()
                .map_or(String::new(), |label| format!("@{} ", self.ident(label)))
        };
        match &self.ast.all_statements[id].kind {
            StatementKind::Expr(value) => self.expr_statement(*value),
            StatementKind::Let {
                mutable,
                pattern,
                ty,
                value,
            } => {
                let ty = ty.map_or(String::new(), |ty| format!(": {}", self.ty(ty)));
                let word = if *mutable { "let mut" } else { "let" };
                let text = format!("{word} {}{ty} = {}", self.pattern(*pattern), self.expr(*value));
                self.line(&text);
            }
            StatementKind::Assign {
                place,
                operator,
                value,
            } => {
                let operator = operator.map_or(String::new(), |operator| format!("{operator:?}"));
                self.line(&format!(
                    "{} {operator}= {}",
                    self.expr(*place),
                    self.expr(*value)
                ));
            }
            StatementKind::While {
                label: name,
                condition,
                body,
            } => {
                self.line(&format!("while {}{}", label(name), self.expr(*condition)));
                self.indented(body);
            }
            StatementKind::For {
                label: name,
                pattern,
                iterable,
                filter,
                body,
            } => {
                let filter = filter.map_or(String::new(), |filter| format!(" if {}", self.expr(filter)));
                let text = format!(
                    "for {}{} in {}{filter}",
                    label(name),
                    self.pattern(*pattern),
                    self.expr(*iterable)
                );
                self.line(&text);
                self.indented(body);
            }
            StatementKind::Defer(body) => {
                self.line("defer");
                self.indented(body);
            }
            StatementKind::Yield(value) => self.line(&format!("yield {}", self.expr(*value))),
            StatementKind::Emit(value) => self.line(&format!("emit {}", self.expr(*value))),
            StatementKind::Error => self.line("<error>"),
        }
    }

    /// Control flow in statement position is printed over several lines.
    fn expr_statement(&mut self, id: ExprId) {
        match &self.ast.exprs[id].kind {
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                self.line(&format!("if {}", self.expr(*condition)));
                self.indented(then);
                if let Some(otherwise) = otherwise {
                    self.line("else");
                    self.indented(otherwise);
                }
            }
            ExprKind::Match { scrutinee, arms } => {
                self.line(&format!("match {}", self.expr(*scrutinee)));
                self.indent += 1;
                for arm in arms {
                    let guard = arm
                        .guard
                        .map_or(String::new(), |guard| format!(" if {}", self.expr(guard)));
                    self.line(&format!("{}{guard} ->", self.pattern(arm.pattern)));
                    self.indented(&arm.body);
                }
                self.indent -= 1;
            }
            ExprKind::When { arms, otherwise } => {
                self.line("when");
                self.indent += 1;
                for arm in arms {
                    self.line(&format!("{} ->", self.expr(arm.condition)));
                    self.indented(&arm.body);
                }
                if let Some(otherwise) = otherwise {
                    self.line("_ ->");
                    self.indented(otherwise);
                }
                self.indent -= 1;
            }
            ExprKind::Loop { label, body } => {
                let label = label
                    .as_ref()
                    .map_or(String::new(), |label| format!(" @{}", self.ident(label)));
                self.line(&format!("loop{label}"));
                self.indented(body);
            }
            ExprKind::Do(body) => {
                self.line("do");
                self.indented(body);
            }
            _ => self.line(&self.expr(id)),
        }
    }

    /// A block inside an expression.
    fn block(&self, block: &Block) -> String {
        let mut inner = Printer {
            ast: self.ast,
            out: String::new(),
            indent: 0,
        };
        for statement in &block.statements {
            inner.statement(*statement);
        }
        let lines = inner.out.lines().map(str::trim).collect::<Vec<_>>().join("; ");
        format!("{{{lines}}}")
    }

    fn exprs(&self, exprs: &[ExprId]) -> String {
        exprs
            .iter()
            .map(|id| self.expr(*id))
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn elements(&self, elements: &[Element]) -> String {
        let one = |element: &Element| match element {
            Element::Item(value) => self.expr(*value),
            Element::Spread(value) => format!("...{}", self.expr(*value)),
        };
        elements.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    fn parts(&self, parts: &[StringPart]) -> String {
        let one = |part: &StringPart| match part {
            StringPart::Text(text) => format!("{text:?}"),
            StringPart::Interpolation { value, spec } => {
                let spec = spec
                    .as_ref()
                    .map_or(String::new(), |(spec, _)| format!(":{spec}"));
                format!("{{{}{spec}}}", self.expr(*value))
            }
        };
        parts.iter().map(one).collect::<Vec<_>>().join("~")
    }

    fn expr(&self, id: ExprId) -> String {
        let label = |label: &Option<Ident>| {
            label
                .as_ref()
                .map_or(String::new(), |label| format!(" @{}", self.ident(label)))
        };
        match &self.ast.exprs[id].kind {
            ExprKind::Null => "null".to_owned(),
            ExprKind::Bool(value) => value.to_string(),
            ExprKind::Int(value) => value.to_string(),
            ExprKind::Float(value) => format!("{value:?}"),
            ExprKind::String(parts) => self.parts(parts),
            ExprKind::Bytes(bytes) => format!("b{bytes:02x?}"),
            ExprKind::Name(name) => self.name(*name).to_owned(),
            ExprKind::List(elements) => format!("[{}]", self.elements(elements)),
            ExprKind::Set(elements) => format!("set{{{}}}", self.elements(elements)),
            ExprKind::Map(entries) => {
                let one = |entry: &MapEntry| match entry {
                    MapEntry::Item(key, value) => format!("{}: {}", self.expr(*key), self.expr(*value)),
                    MapEntry::Spread(value) => format!("...{}", self.expr(*value)),
                };
                format!(
                    "map{{{}}}",
                    entries.iter().map(one).collect::<Vec<_>>().join(", ")
                )
            }
            ExprKind::Spread(value) => format!("{{...{}}}", self.expr(*value)),
            ExprKind::Tuple(items) => format!("tuple({})", self.exprs(items)),
            ExprKind::Comprehension {
                kind,
                element,
                value,
                clauses,
            } => {
                let value = value.map_or(String::new(), |value| format!(": {}", self.expr(value)));
                let mut text = format!("({kind:?} {}{value}", self.expr(*element));
                for clause in clauses {
                    let _ = write!(
                        text,
                        " for {} in {}",
                        self.pattern(clause.pattern),
                        self.expr(clause.iterable)
                    );
                    if let Some(filter) = clause.filter {
                        let _ = write!(text, " if {}", self.expr(filter));
                    }
                }
                text + ")"
            }
            ExprKind::Call { callee, arguments } => {
                let one = |argument: &Argument| match argument {
                    Argument::Positional(value) => self.expr(*value),
                    Argument::Named(name, value) => format!("{}: {}", self.ident(name), self.expr(*value)),
                    Argument::Spread(value) => format!("...{}", self.expr(*value)),
                };
                let arguments = arguments.iter().map(one).collect::<Vec<_>>().join(", ");
                format!("{}({arguments})", self.expr(*callee))
            }
            ExprKind::Field { object, field, safe } => {
                format!(
                    "{}{}{}",
                    self.expr(*object),
                    if *safe { "?." } else { "." },
                    self.ident(field)
                )
            }
            ExprKind::TupleField {
                object,
                position,
                safe,
                ..
            } => {
                format!(
                    "{}{}{position}",
                    self.expr(*object),
                    if *safe { "?." } else { "." }
                )
            }
            ExprKind::Index { object, index, safe } => {
                format!(
                    "{}{}{}]",
                    self.expr(*object),
                    if *safe { "?[" } else { "[" },
                    self.expr(*index)
                )
            }
            ExprKind::Binary {
                operator,
                left,
                right,
                ..
            } => {
                format!("({operator:?} {} {})", self.expr(*left), self.expr(*right))
            }
            ExprKind::Unary { operator, operand } => format!("({operator:?} {})", self.expr(*operand)),
            ExprKind::Range { from, to, inclusive } => {
                format!(
                    "({}{}{})",
                    self.expr(*from),
                    if *inclusive { "..=" } else { ".." },
                    self.expr(*to)
                )
            }
            ExprKind::Pipe { value, target } => format!("({} |> {})", self.expr(*value), self.expr(*target)),
            ExprKind::Compose { first, second } => {
                format!("({} ~> {})", self.expr(*first), self.expr(*second))
            }
            ExprKind::Try(value) => format!("{}?", self.expr(*value)),
            ExprKind::Unwrap(value) => format!("{}!", self.expr(*value)),
            ExprKind::Is { operand, ty } => format!("({} is {})", self.expr(*operand), self.ty(*ty)),
            ExprKind::As { operand, ty } => format!("({} as {})", self.expr(*operand), self.ty(*ty)),
            ExprKind::ExpectSchema { operand, ty } => {
                format!("({} expect schema {})", self.expr(*operand), self.ty(*ty))
            }
            ExprKind::SchemaArgument(ty) => format!("schema<{}>", self.ty(*ty)),
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                let otherwise = otherwise
                    .as_ref()
                    .map_or(String::new(), |block| format!(" {}", self.block(block)));
                format!("(if {} {}{otherwise})", self.expr(*condition), self.block(then))
            }
            ExprKind::Match { scrutinee, arms } => {
                let mut text = format!("(match {}", self.expr(*scrutinee));
                for arm in arms {
                    let guard = arm
                        .guard
                        .map_or(String::new(), |guard| format!(" if {}", self.expr(guard)));
                    let _ = write!(
                        text,
                        " [{}{guard} -> {}]",
                        self.pattern(arm.pattern),
                        self.block(&arm.body)
                    );
                }
                text + ")"
            }
            ExprKind::When { arms, otherwise } => {
                let mut text = "(when".to_owned();
                for arm in arms {
                    let _ = write!(
                        text,
                        " [{} -> {}]",
                        self.expr(arm.condition),
                        self.block(&arm.body)
                    );
                }
                if let Some(otherwise) = otherwise {
                    let _ = write!(text, " [_ -> {}]", self.block(otherwise));
                }
                text + ")"
            }
            ExprKind::Loop { label: name, body } => format!("(loop{} {})", label(name), self.block(body)),
            ExprKind::Do(body) => format!("(do {})", self.block(body)),
            ExprKind::Lambda {
                parameters,
                result,
                body,
            } => {
                let one = |parameter: &LambdaParameter| {
                    let ty = parameter
                        .ty
                        .map_or(String::new(), |ty| format!(": {}", self.ty(ty)));
                    format!("{}{ty}", self.pattern(parameter.pattern))
                };
                let parameters = parameters.iter().map(one).collect::<Vec<_>>().join(", ");
                let result = result.map_or(String::new(), |ty| format!(" -> {}", self.ty(ty)));
                format!("(fn({parameters}){result} {})", self.block(body))
            }
            ExprKind::Role { role, text } => format!("(role {}: {})", self.ident(role), self.parts(text)),
            ExprKind::Return(value) => match value {
                Some(value) => format!("return {}", self.expr(*value)),
                None => "return".to_owned(),
            },
            ExprKind::Break { label: name, value } => {
                let value = value.map_or(String::new(), |value| format!(" {}", self.expr(value)));
                format!("break{}{value}", label(name))
            }
            ExprKind::Continue { label: name } => format!("continue{}", label(name)),
            ExprKind::Halt(message) => format!("halt({})", self.expr(*message)),
            ExprKind::Parenthesized(inner) => format!("({})", self.expr(*inner)),
            ExprKind::Error => "<error>".to_owned(),
        }
    }

    fn types(&self, types: &[TypeExprId]) -> String {
        types.iter().map(|id| self.ty(*id)).collect::<Vec<_>>().join(", ")
    }

    fn ty(&self, id: TypeExprId) -> String {
        match &self.ast.types[id].kind {
            TypeExprKind::Named {
                module,
                name,
                arguments,
            } => {
                let module = module
                    .as_ref()
                    .map_or(String::new(), |module| format!("{}.", self.ident(module)));
                let arguments = if arguments.is_empty() {
                    String::new()
                } else {
                    format!("[{}]", self.types(arguments))
                };
                format!("{module}{}{arguments}", self.ident(name))
            }
            TypeExprKind::Optional(inner) => format!("{}?", self.ty(*inner)),
            TypeExprKind::Union(members) => {
                format!(
                    "({})",
                    members
                        .iter()
                        .map(|id| self.ty(*id))
                        .collect::<Vec<_>>()
                        .join(" | ")
                )
            }
            TypeExprKind::Tuple(members) => format!("tuple({})", self.types(members)),
            TypeExprKind::Function {
                parameters,
                result,
                effects,
            } => {
                let effects = if effects.is_empty() {
                    String::new()
                } else {
                    format!(" / {{{}}}", self.idents(effects, ", "))
                };
                format!("fn({}) -> {}{effects}", self.types(parameters), self.ty(*result))
            }
            TypeExprKind::Error => "<error>".to_owned(),
        }
    }

    fn patterns(&self, patterns: &[PatternId]) -> String {
        patterns
            .iter()
            .map(|id| self.pattern(*id))
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn pattern(&self, id: PatternId) -> String {
        let typed = |ty: &Option<TypeExprId>| ty.map_or(String::new(), |ty| format!(": {}", self.ty(ty)));
        match &self.ast.patterns[id].kind {
            PatternKind::Wildcard(ty) => format!("_{}", typed(ty)),
            PatternKind::Name(name, ty) => format!("{}{}", self.name(*name), typed(ty)),
            PatternKind::Literal(value) => format!("={}", self.expr(*value)),
            PatternKind::Range { from, to, inclusive } => {
                format!(
                    "{}{}{}",
                    self.expr(*from),
                    if *inclusive { "..=" } else { ".." },
                    self.expr(*to)
                )
            }
            PatternKind::Variant { path, payload } => {
                let payload = payload
                    .as_ref()
                    .map_or(String::new(), |payload| format!("({})", self.patterns(payload)));
                format!("{}{payload}", self.idents(path, "."))
            }
            PatternKind::Record { path, fields } => {
                let one = |field: &FieldPattern| match field.pattern {
                    Some(pattern) => format!("{}: {}", self.ident(&field.field), self.pattern(pattern)),
                    None => self.ident(&field.field),
                };
                let fields = fields.iter().map(one).collect::<Vec<_>>().join(", ");
                format!("{}{{{fields}}}", self.idents(path, "."))
            }
            PatternKind::List { elements, rest } => {
                let rest = match rest {
                    Some(Some(name)) => format!(" ...{}", self.ident(name)),
                    Some(None) => " ...".to_owned(),
                    None => String::new(),
                };
                format!("[{}{rest}]", self.patterns(elements))
            }
            PatternKind::Tuple(elements) => format!("tuple({})", self.patterns(elements)),
            PatternKind::Or(alternatives) => {
                format!(
                    "({})",
                    alternatives
                        .iter()
                        .map(|id| self.pattern(*id))
                        .collect::<Vec<_>>()
                        .join(" | ")
                )
            }
            PatternKind::As(pattern, name) => format!("({} as {})", self.pattern(*pattern), self.ident(name)),
            PatternKind::Error => "<error>".to_owned(),
        }
    }
}
