//! The intrinsic table: every builtin operation, its number in LIR, its source-level name and its signature.
//!
//! The checker resolves builtins from it, the verifier types `intrinsic` instructions with it, the spec page lists it.
//! An overloaded builtin has one row an overload, so the machine dispatches on the number alone. Rows without a source
//! name serve lowering only.
//!
//! Signatures are written in a small language: `(name: Type, other: Type = literal) -> Type`, with Lumen's own types.
//! Single capital letters are type variables: `A B T V` stand for any type, `E` for one with equality, `O` for an
//! ordered one (Int, Float, String, Bool, Bytes, tuples and lists of those), `K` for a map key. `T?` is `T | Null`,
//! flattened; `FieldError ValidationError Patch RoleText` are the records of the prelude. A defaulted parameter is filled in by the compiler; LIR always passes all arguments.

/// How a call may end, which says what the mid-end may do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Always a value, the same for the same arguments: may be folded, shared, moved and dropped.
    Pure,
    /// Like `Pure`, or a runtime error: may be shared, but neither dropped nor moved across other effects.
    MayFail,
    /// Tells the host something, which may refuse it: stays where it is.
    Output,
}

/// One row of the intrinsic table.
#[derive(Clone, Copy, Debug)]
pub struct IntrinsicInfo {
    /// The operation.
    pub intrinsic: Intrinsic,
    /// Its unique name, as the disassembler and the JSON form print it.
    pub name: &'static str,
    /// The builtin's name in source; empty if only lowering uses it.
    pub source_name: &'static str,
    /// Its signature, in the language above.
    pub signature: &'static str,
    /// How a call may end.
    pub outcome: Outcome,
    /// What it does, one line, for the spec page.
    pub meaning: &'static str,
}

macro_rules! intrinsics {
    ($($number:literal $intrinsic:ident $name:literal $source:literal $signature:literal $outcome:ident $meaning:literal;)*) => {
        /// A builtin operation.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u16)]
        pub enum Intrinsic { $(#[doc = $meaning] $intrinsic = $number,)* }

        impl Intrinsic {
            /// All rows, in number order; row `i` describes intrinsic number `i`.
            pub const TABLE: &'static [IntrinsicInfo] = &[$(IntrinsicInfo {
                intrinsic: Intrinsic::$intrinsic,
                name: $name,
                source_name: $source,
                signature: $signature,
                outcome: Outcome::$outcome,
                meaning: $meaning,
            },)*];
        }
    };
}

intrinsics! {
      0 Print            "print"             "print"       "(value: T) -> Null"                              Output  "writes a line to standard output: a String raw, other values as literals";
      1 Debug            "debug"             "debug"       "(value: T) -> Null"                              Output  "writes a line to standard error";
      2 ToString         "to_string"         "to_string"   "(value: T) -> String"                            Pure    "what `print` would show";
      3 IntOfString      "int_of_string"     "to_int"      "(text: String) -> Int?"                          Pure    "the Int that the text is, null if it is none";
      4 IntOfFloat       "int_of_float"      "to_int"      "(value: Float) -> Int?"                          Pure    "truncated toward zero, null if out of range or NaN";
      5 IntOfInt         "int_of_int"        "to_int"      "(value: Int) -> Int?"                            Pure    "the value itself";
      6 FloatOfString    "float_of_string"   "to_float"    "(text: String) -> Float?"                        Pure    "the Float that the text is, null if it is none";
      7 FloatOfInt       "float_of_int"      "to_float"    "(value: Int) -> Float"                           Pure    "the nearest Float";
      8 FloatOfFloat     "float_of_float"    "to_float"    "(value: Float) -> Float"                         Pure    "the value itself";
      9 TypeOf           "type_of"           "type_of"     "(value: T) -> String"                            Pure    "the name of the value's type: of a dynamic value, of what it holds";
     10 Matches          "matches"           "matches"     "(text: String, pattern: String) -> Bool"         MayFail "whether the RE2 pattern matches anywhere; fails on a faulty pattern";
     11 Assert           "assert"            "assert"      "(condition: Bool, message: String = \"\") -> Null" MayFail "fails unless the condition holds";
     12 AssertEqual      "assert_equal"      "assert_eq"   "(left: E, right: E) -> Null"                     MayFail "fails, showing both, unless they are equal";
     13 AssertNotEqual   "assert_not_equal"  "assert_ne"   "(left: E, right: E) -> Null"                     MayFail "fails, showing both, if they are equal";
     14 AssertError      "assert_error"      "assert_err"  "(value: result[A, B]) -> Null"                   MayFail "fails, showing it, unless the value is an err";
     15 AssertMatches    "assert_matches"    "assert_matches" "(text: String, pattern: String) -> Null"      MayFail "fails, showing both, unless the RE2 pattern matches";
     16 Upper            "upper"             "upper"       "(text: String) -> String"                        Pure    "upper case, by Unicode's default mapping";
     17 Lower            "lower"             "lower"       "(text: String) -> String"                        Pure    "lower case, by Unicode's default mapping";
     18 Trim             "trim"              "trim"        "(text: String) -> String"                        Pure    "without white space at both ends";
     19 Split            "split"             "split"       "(text: String, separator: String) -> list[String]" Pure  "the parts between separators; by an empty one, the characters";
     20 Join             "join"              "join"        "(parts: list[String], separator: String = \"\") -> String" Pure "the parts with the separator between them";
     21 Replace          "replace"           "replace"     "(text: String, from: String, to: String) -> String" Pure "every occurrence replaced; an empty `from` changes nothing";
     22 StartsWith       "starts_with"       "starts_with" "(text: String, prefix: String) -> Bool"          Pure    "whether the text begins so";
     23 EndsWith         "ends_with"         "ends_with"   "(text: String, suffix: String) -> Bool"          Pure    "whether the text ends so";
     24 Chars            "chars"             "chars"       "(text: String) -> list[String]"                  Pure    "the Unicode scalar values, each as a String";
     25 Lines            "lines"             "lines"       "(text: String) -> list[String]"                  Pure    "the lines without their ends (LF or CRLF)";
     26 IndexOfString    "index_of_string"   "index_of"    "(text: String, part: String) -> Int"             Pure    "position of the first occurrence, -1 if absent";
     27 IndexOfList      "index_of_list"     "index_of"    "(values: list[E], value: E) -> Int"              Pure    "position of the first equal element, -1 if absent";
     28 PadLeft          "pad_left"          "pad_left"    "(text: String, width: Int, fill: String = \" \") -> String" MayFail "filled at the left up to the width; `fill` is one character";
     29 PadRight         "pad_right"         "pad_right"   "(text: String, width: Int, fill: String = \" \") -> String" MayFail "filled at the right up to the width; `fill` is one character";
     30 RepeatString     "repeat_string"     "repeat"      "(text: String, times: Int) -> String"            MayFail "the text so many times; fails on a negative count";
     31 RepeatList       "repeat_list"       "repeat"      "(values: list[T], times: Int) -> list[T]"        MayFail "the elements so many times; fails on a negative count";
     32 Format           "format"            "format"      "(value: T, spec: String) -> String"              MayFail "by a format spec, as in `{value:spec}`; fails on a faulty spec";
     33 AbsInt           "abs_int"           "abs"         "(value: Int) -> Int"                             MayFail "absolute value; fails on the smallest Int";
     34 AbsFloat         "abs_float"         "abs"         "(value: Float) -> Float"                         Pure    "absolute value";
     35 Min              "min"               "min"         "(left: O, right: O) -> O"                        Pure    "the smaller, the left one if equal";
     36 Max              "max"               "max"         "(left: O, right: O) -> O"                        Pure    "the larger, the left one if equal";
     37 MinOfList        "min_of_list"       "min"         "(values: list[O]) -> O?"                         Pure    "the smallest element, null if there is none";
     38 MaxOfList        "max_of_list"       "max"         "(values: list[O]) -> O?"                         Pure    "the largest element, null if there is none";
     39 Round            "round"             "round"       "(value: Float) -> Int"                           MayFail "the nearest Int, halves away from zero; fails out of range";
     40 Ceil             "ceil"              "ceil"        "(value: Float) -> Int"                           MayFail "the smallest Int not below; fails out of range";
     41 Floor            "floor"             "floor"       "(value: Float) -> Int"                           MayFail "the largest Int not above; fails out of range";
     42 Sqrt             "sqrt"              "sqrt"        "(value: Float) -> Float"                         Pure    "square root, NaN below zero";
     43 PowFloat         "pow_float"         "pow"         "(base: Float, exponent: Float) -> Float"         Pure    "as `**`";
     44 PowInt           "pow_int"           "pow"         "(base: Int, exponent: Int) -> Int"               MayFail "as `**`";
     45 Log              "log"               "log"         "(value: Float) -> Float"                         Pure    "natural logarithm";
     46 Exp              "exp"               "exp"         "(value: Float) -> Float"                         Pure    "e to the power of the value";
     47 Sin              "sin"               "sin"         "(value: Float) -> Float"                         Pure    "sine, in radians";
     48 Cos              "cos"               "cos"         "(value: Float) -> Float"                         Pure    "cosine, in radians";
     49 Clamp            "clamp"             "clamp"       "(value: O, low: O, high: O) -> O"                MayFail "the value within the bounds; fails if they are crossed";
     50 LengthOfString   "length_of_string"  "length"      "(value: String) -> Int"                          Pure    "number of Unicode scalar values";
     51 LengthOfBytes    "length_of_bytes"   "length"      "(value: Bytes) -> Int"                           Pure    "number of octets";
     52 LengthOfList     "length_of_list"    "length"      "(value: list[T]) -> Int"                         Pure    "number of elements";
     53 LengthOfMap      "length_of_map"     "length"      "(value: map[K, V]) -> Int"                       Pure    "number of entries";
     54 LengthOfSet      "length_of_set"     "length"      "(value: set[T]) -> Int"                          Pure    "number of elements";
     55 CountOfString    "count_of_string"   "count"       "(value: String) -> Int"                          Pure    "as `length`";
     56 CountOfBytes     "count_of_bytes"    "count"       "(value: Bytes) -> Int"                           Pure    "as `length`";
     57 CountOfList      "count_of_list"     "count"       "(value: list[T]) -> Int"                         Pure    "as `length`";
     58 CountOfMap       "count_of_map"      "count"       "(value: map[K, V]) -> Int"                       Pure    "as `length`";
     59 CountOfSet       "count_of_set"      "count"       "(value: set[T]) -> Int"                          Pure    "as `length`";
     60 IsEmptyString    "is_empty_string"   "is_empty"    "(value: String) -> Bool"                         Pure    "whether it has no character";
     61 IsEmptyBytes     "is_empty_bytes"    "is_empty"    "(value: Bytes) -> Bool"                          Pure    "whether it has no octet";
     62 IsEmptyList      "is_empty_list"     "is_empty"    "(value: list[T]) -> Bool"                        Pure    "whether it has no element";
     63 IsEmptyMap       "is_empty_map"      "is_empty"    "(value: map[K, V]) -> Bool"                      Pure    "whether it has no entry";
     64 IsEmptySet       "is_empty_set"      "is_empty"    "(value: set[T]) -> Bool"                         Pure    "whether it has no element";
     65 ContainsString   "contains_string"   "contains"    "(text: String, part: String) -> Bool"            Pure    "whether the part occurs in the text";
     66 ContainsBytes    "contains_bytes"    "contains"    "(bytes: Bytes, part: Bytes) -> Bool"             Pure    "whether the part occurs in the bytes";
     67 ContainsList     "contains_list"     "contains"    "(values: list[E], value: E) -> Bool"             Pure    "whether an element equals the value";
     68 ContainsMap      "contains_map"      "contains"    "(entries: map[K, V], key: K) -> Bool"            Pure    "whether the key is present";
     69 ContainsSet      "contains_set"      "contains"    "(values: set[T], value: T) -> Bool"              Pure    "whether the value is an element";
     70 SliceString      "slice_string"      "slice"       "(value: String, from: Int, to: Int) -> String"   Pure    "characters `from..to`, clamped";
     71 SliceBytes       "slice_bytes"       "slice"       "(value: Bytes, from: Int, to: Int) -> Bytes"     Pure    "octets `from..to`, clamped";
     72 SliceList        "slice_list"        "slice"       "(value: list[T], from: Int, to: Int) -> list[T]" Pure    "elements `from..to`, clamped";
     73 GetList          "get_list"          "get"         "(values: list[T], index: Int) -> T?"             Pure    "the element, null if absent";
     74 GetMap           "get_map"           "get"         "(entries: map[K, V], key: K) -> V?"              Pure    "the value, null if absent";
     75 GetString        "get_string"        "get"         "(text: String, index: Int) -> String?"           Pure    "the character, null if absent";
     76 GetBytes         "get_bytes"         "get"         "(bytes: Bytes, index: Int) -> Int?"              Pure    "the octet, null if absent";
     77 Append           "append"            "append"      "(values: list[T], value: T) -> list[T]"          Pure    "with the value as its last element";
     78 Sort             "sort"              "sort"        "(values: list[O]) -> list[O]"                    Pure    "ascending, stable";
     79 Reverse          "reverse"           "reverse"     "(values: list[T]) -> list[T]"                    Pure    "back to front";
     80 Flatten          "flatten"           "flatten"     "(values: list[list[T]]) -> list[T]"              Pure    "the elements of the elements";
     81 Unique           "unique"            "unique"      "(values: list[E]) -> list[E]"                    Pure    "without later equal elements";
     82 Zip              "zip"               "zip"         "(left: list[A], right: list[B]) -> list[(A, B)]" Pure    "pairs, as many as the shorter has";
     83 Enumerate        "enumerate"         "enumerate"   "(values: list[T]) -> list[(Int, T)]"             Pure    "each with its position";
     84 Take             "take"              "take"        "(values: list[T], count: Int) -> list[T]"        Pure    "the first elements, clamped";
     85 Drop             "drop"              "drop"        "(values: list[T], count: Int) -> list[T]"        Pure    "without the first elements, clamped";
     86 First            "first"             "first"       "(values: list[T]) -> T?"                         Pure    "the first element, null if there is none";
     87 Last             "last"              "last"        "(values: list[T]) -> T?"                         Pure    "the last element, null if there is none";
     88 Chunk            "chunk"             "chunk"       "(values: list[T], size: Int) -> list[list[T]]"   MayFail "consecutive pieces, the last may be shorter; fails below 1";
     89 Window           "window"            "window"      "(values: list[T], size: Int) -> list[list[T]]"   MayFail "all runs of so many neighbours; fails below 1";
     90 Range            "range"             "range"       "(from: Int, to: Int) -> list[Int]"               Pure    "`from..to`";
     91 RangeInclusive   "range_inclusive"   ""            "(from: Int, to: Int) -> list[Int]"               Pure    "`from..=to`";
     92 SumInt           "sum_int"           "sum"         "(values: list[Int]) -> Int"                      MayFail "the sum; fails on overflow";
     93 SumFloat         "sum_float"         "sum"         "(values: list[Float]) -> Float"                  Pure    "the sum, left to right";
     94 Keys             "keys"              "keys"        "(entries: map[K, V]) -> list[K]"                 Pure    "the keys, ascending";
     95 Values           "values"            "values"      "(entries: map[K, V]) -> list[V]"                 Pure    "the values, by ascending key";
     96 Entries          "entries"           "entries"     "(entries: map[K, V]) -> list[(K, V)]"            Pure    "keys and values, by ascending key";
     97 HasKey           "has_key"           "has_key"     "(entries: map[K, V], key: K) -> Bool"            Pure    "whether the key is present";
     98 Merge            "merge"             "merge"       "(left: map[K, V], right: map[K, V]) -> map[K, V]" Pure   "both, the right one wins";
     99 RemoveMap        "remove_map"        "remove"      "(entries: map[K, V], key: K) -> map[K, V]"       Pure    "without the key";
    100 ToSet            "to_set"            "to_set"      "(values: list[T]) -> set[T]"                     Pure    "the distinct elements";
    101 AddSet           "add_set"           "add"         "(values: set[T], value: T) -> set[T]"            Pure    "with the value";
    102 RemoveSet        "remove_set"        "remove"      "(values: set[T], value: T) -> set[T]"            Pure    "without the value";
    103 Union            "union"             "union"       "(left: set[T], right: set[T]) -> set[T]"         Pure    "elements of either";
    104 Intersect        "intersect"         "intersect"   "(left: set[T], right: set[T]) -> set[T]"         Pure    "elements of both";
    105 Difference       "difference"        "difference"  "(left: set[T], right: set[T]) -> set[T]"         Pure    "elements of the left alone";
    106 ElementsOfSet    "elements_of_set"   ""            "(values: set[T]) -> list[T]"                     Pure    "the elements in order, for `for` and spread";
    107 InsertMap        "insert_map"        ""            "(entries: map[K, V], key: K, value: V) -> map[K, V]" Pure "with the key set, for spread and long literals";
    108 ValidationError  "validation_error"  ""            "(record: String, errors: list[FieldError]) -> ValidationError" Pure "what making the record fails with, of the constraints that do not hold";
    109 ParseJson        "parse_json"        "parse_json"  "(text: String) -> Json"                          MayFail "the value that a JSON text is; fails on bad text, saying where";
    110 ToJson           "to_json"           "to_json"     "(value: T) -> String"                            MayFail "canonical JSON; fails on NaN, infinities and functions";
    111 JsonOf           "json_of"           ""            "(value: T) -> Json"                              Pure    "the JSON form as a value; a function is the name of its type";
    112 JsonMember       "json_member"       "get"         "(value: Json, name: String) -> Json"             Pure    "the member of an object, null if absent";
    113 JsonElement      "json_element"      "get"         "(value: Json, index: Int) -> Json"               Pure    "the element of an array, null if absent";
    114 Hash             "hash"              "hash"        "(value: T) -> String"                            MayFail "`sha256:` and the SHA-256 digest of the canonical JSON in hex";
    115 Diff             "diff"              "diff"        "(left: T, right: T) -> list[Patch]"              MayFail "the steps that make the right value of the left one";
    116 Redact           "redact"            "redact"      "(value: T, fields: list[String]) -> Json"        MayFail "the JSON form, with `[redacted]` for the value of every field and key of these names";
    117 Patch            "patch"             "patch"       "(value: T, patches: list[Patch]) -> T"           MayFail "the value after the steps; fails where one does not apply, or if the outcome is no value of the type";
    118 SortByKeys       "sort_by_keys"      ""            "(values: list[T], keys: list[O]) -> list[T]"     MayFail "ascending by the keys at the same positions, stable; fails unless there are as many";
    119 GroupByKeys      "group_by_keys"     ""            "(values: list[T], keys: list[String]) -> map[String, list[T]]" MayFail "the elements by the keys at the same positions; fails unless there are as many";
    120 AddFieldError    "add_field_error"   ""            "(errors: list[FieldError], path: String, constraint: String, value: T) -> list[FieldError]" Pure "with one more, of the JSON form of the value";
    121 AssertSnapshot   "assert_snapshot"   "assert_snapshot" "(value: T, name: String = \"\") -> Null"      Output  "fails unless the host has kept the same text of the value: a String as it is, anything else as indented JSON";
}

impl Intrinsic {
    /// The intrinsic's row of the table.
    pub fn info(self) -> &'static IntrinsicInfo {
        &Self::TABLE[self as usize]
    }

    /// The intrinsic with this number.
    pub fn from_number(number: u32) -> Option<Intrinsic> {
        Self::TABLE.get(number as usize).map(|row| row.intrinsic)
    }

    /// The overloads of a builtin by its source name.
    pub fn overloads(source_name: &str) -> impl Iterator<Item = &'static IntrinsicInfo> {
        Self::TABLE
            .iter()
            .filter(move |row| !row.source_name.is_empty() && row.source_name == source_name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_at_their_numbers_under_unique_names() {
        let mut names = std::collections::BTreeSet::new();
        for (number, row) in Intrinsic::TABLE.iter().enumerate() {
            assert_eq!(row.intrinsic as usize, number, "{}", row.name);
            assert!(names.insert(row.name), "{} twice", row.name);
        }
    }
}
