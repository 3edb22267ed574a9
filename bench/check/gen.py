#!/usr/bin/env python3
"""Writes a document with a given number of lines of code: records, enums, generics, matches, lambdas, interpolation.

  gen.py LINES > document.lm.md

Sections of one shape, with names, numbers and texts of their own, so that no two are alike and each uses the one before.
"""
import sys

SECTION = '''\
record Order{n}
  id: Int where id >= {n}
  customer: String
  lines: list[Line{n}]
  note: String? = null
end

record Line{n}
  product: String
  count: Int where count > 0
  price: Float = {n}.5
end

enum State{n}
  Open{n}
  Shipped{n}(String, Int)
  Refused{n}(list[String])
end

cell total_{n}(order: Order{n}, rate: Float = 1.0) -> Float
  let mut sum = 0.0
  for line in order.lines if line.count > {m}
    sum += to_float(line.count) * line.price
  end
  sum * rate + previous_{n}(order.id)
end

cell previous_{n}(id: Int) -> Float
  {previous}
end

cell describe_{n}(state: State{n}, order: Order{n}?) -> String
  let name = match state
    Open{n} -> "open"
    Shipped{n}(carrier, days) if days > {n} -> "late, by {{carrier}} ({{days}} days)"
    Shipped{n}(carrier, 1..=3) -> "soon, by {{carrier}}"
    Shipped{n}(_, days) -> "in {{days:>4}} days"
    Refused{n}([]) -> "refused"
    Refused{n}([first, ...rest]) -> "refused: {{first}} and {{length(rest)}} more"
  end
  if order == null
    return "{{name}} ({n})"
  end
  "{{name}}: {{order.customer}} {{total_{n}(order):.2}} {{order.note ?? "no note"}}"
end

cell parse_{n}(text: String) -> result[Order{n}, String]
  let parts = text.split(",")
  let id = to_int(parts[0])
  if id == null
    return err("{{text}} has no number")
  end
  let lines = [Line{n}(product: part.trim(), count: i + 1) for (i, part) in parts.enumerate() if part != ""]
  Order{n}(id: id, customer: parts.get(1) ?? "nobody", lines: lines)
end

cell names_{n}(orders: list[Order{n}], least: Float) -> list[String]
  let found = orders
    .filter(fn(order) => total_{n}(order) > least and order.id % {k} != 0)
    .map(fn(order) => "{{order.customer}} {{order.id:05}}")
  let size = found.reduce(fn(sum, name) => sum + length(name), 0)
  [...found.sort_by(fn(name) => length(name)), ...found.each_{n}(fn(name) => "{{name}} of {n}"), "{{size}}"]
end

cell each_{n}[T, R](items: list[T], change: fn(T) -> R) -> list[R]
  let mut changed = []
  for item in items
    changed = changed.append(change(item))
  end
  changed
end

cell swap_{n}[A, B](pair: Pair{n}[A, B]) -> Pair{n}[B, A]
  Pair{n}(left: pair.right, right: pair.left)
end

record Pair{n}[A, B]
  left: A
  right: B
end

cell first_{n}[T](items: list[T], otherwise: T) -> T
  match items
    [] -> otherwise
    [head, ...] -> head
  end
end

cell check_{n}(texts: list[String]) -> Int
  let mut counts: map[String, Int] = {{}}
  for text in texts
    let key = match parse_{n}(text)
      ok(order) -> describe_{n}(Open{n}, order)
      err(message) -> message.upper()
    end
    counts[key] = (counts.get(key) ?? 0) + 1
  end
  let pair = swap_{n}(Pair{n}(left: {n}, right: first_{n}(counts.keys(), "none")))
  let size = when
    length(counts) > {k} -> "large"
    length(counts) > 1 and pair.right < {k} -> "middle"
    _ -> "small"
  end
  if size == "large" then length(pair.left) * {m} else {n} + pair.right
end
'''


def main():
    wanted = int(sys.argv[1])
    written = 0
    out = ["# Generated"]
    number = 0
    while written < wanted:
        previous = f"to_float(id) * {number}.25" if number == 0 else f"to_float(check_{number - 1}([to_string(id)]))"
        code = SECTION.format(n=number, m=number % 7, k=number % 11 + 2, previous=previous)
        out += ["", f"## Section {number}", "", "Orders, their states and totals.", "", "```lumen", code + "```"]
        written += code.count("\n")
        number += 1
    print("\n".join(out))


main()
