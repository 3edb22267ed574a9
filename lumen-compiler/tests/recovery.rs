//! One mistake in a correct document is one finding: whatever `end` or bracket is missing, nothing else is reported.

use lumen_compiler::diagnostic::Code;
use lumen_compiler::document::parse_document;

/// Correct, and indented as people do.
const PROGRAM: &str = "\
```lumen
cell main(xs: list[Int], flag: Bool) -> Int
  let mut sum = 0
  for @outer (i, x) in xs.enumerate()
    if x == 3
      break @outer
    else if x == 4
      while flag
        sum += f(x, [1, 2])[0]
      end
    else
      match x
        1 | 2 -> print(\"few\")
        (3) ->
          if flag
            print(\"{g(x)} {[1, 2]:>8}\")
          end
        _ ->
          do
            sum = h(x)
          end
      end
    end
    sum += 1
  end
  let found = loop
    break sum
  end
  let mapped = xs.map(fn(x)
    let y = x * 2
    y + 1
  end)
  when
    flag -> found
    _ -> (found + 1) * 2
  end
end

record Point
  x: Int where x > min(1, 2)
  y: Int = 0
end

enum Shape
  Circle(Float)
  Dot

  cell area(self: Shape) -> Float
    match self
      Circle(r) -> r * r
      Dot -> 0.0
    end
  end
end

cell last() -> Int
  1
end
```
";

fn findings(text: &str) -> Vec<(Code, u32)> {
    let document = parse_document(text);
    let place = |span| document.positions.start(span).line;
    document
        .diagnostics
        .iter()
        .map(|diagnostic| (diagnostic.code, place(diagnostic.span)))
        .collect()
}

#[test]
fn the_program_is_correct() {
    assert_eq!(findings(PROGRAM), []);
}

#[test]
fn each_missing_end_is_found_at_the_block_that_lacks_it() {
    let lines: Vec<&str> = PROGRAM.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut tried = 0;
    for (missing, line) in lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.trim_start() == "end")
    {
        // By indentation: the last line above that begins at this column, other than an `else`.
        let opener = lines[..missing]
            .iter()
            .rposition(|above| {
                !above.is_empty() && indent(above) == indent(line) && !above.trim_start().starts_with("else")
            })
            .expect("a block begins");
        let rest: Vec<&str> = lines
            .iter()
            .enumerate()
            .filter(|(number, _)| *number != missing)
            .map(|(_, line)| *line)
            .collect();
        assert_eq!(
            findings(&rest.join("\n")),
            [(Code::E0002, opener as u32 + 1)],
            "without line {}",
            missing + 1
        );
        tried += 1;
    }
    assert_eq!(tried, 14);
}

#[test]
fn each_missing_bracket_is_one_error() {
    let closing = PROGRAM
        .char_indices()
        .filter(|(_, character)| matches!(character, ')' | ']' | '}'));
    let mut tried = 0;
    for (at, character) in closing {
        let text = format!("{}{}", &PROGRAM[..at], &PROGRAM[at + 1..]);
        let found = findings(&text);
        // Without its brace an interpolation takes the quotes with it.
        let expected = if character == '}' {
            Code::E0003
        } else {
            Code::E0001
        };
        assert!(
            matches!(found[..], [(code, _)] if code == expected),
            "without the {character} at {at}: {found:?}\n{text}"
        );
        tried += 1;
    }
    assert_eq!(tried, 23);
}
