// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "gpu/ptx/operations.hpp"

// Which operation an opcode names.
namespace orbitwalk::ptx {
namespace {

Action operation_on_predicates(const Opcode& o) {
  const std::string_view name = o.words[0];
  if (name == "and") return of_masks<[](u32 a, u32 b) { return a & b; }>;
  if (name == "or") return of_masks<[](u32 a, u32 b) { return a | b; }>;
  if (name == "xor") return of_masks<[](u32 a, u32 b) { return a ^ b; }>;
  if (name == "not") return of_masks<[](u32 a, u32) { return ~a; }>;
  if (name == "mov") return of_masks<[](u32 a, u32) { return a; }>;
  refuse(o);
}

}  // namespace

Action arithmetic(const Opcode& o, std::string_view type, std::string_view from) {
  const std::string_view name = o.words[0];
  if (type == "pred") return operation_on_predicates(o);
  if (name == "cvt") return float_conversion(o, type, from);
  if (name == "setp") return comparison(o, type);
  if (name == "mov" || name == "selp") {
    return with_type(type, [&](auto t) -> Action {
      using T = BitsOf<decltype(t)>;
      if constexpr (sizeof(t) == 1) refuse(o);
      else if (name == "selp") return select<T>;
      else return one<T, T, [](T a) { return a; }>;
    });
  }
  return type == "f32" || type == "f64" ? float_operation(o, type) : integer_operation(o, type);
}

}  // namespace orbitwalk::ptx
