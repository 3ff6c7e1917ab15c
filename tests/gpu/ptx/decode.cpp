// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "gpu/ptx/decode.hpp"

#include "gpu/ptx/text.hpp"

// From a statement's operands to rows, and from its opcode to an action.
namespace orbitwalk::ptx {
namespace {

using u8 = std::uint8_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

/// The address of a variable; of one in shared memory, its offset there.
template <class T>
void address_of(Warp& w, const Instruction& i, u32 mask) {
  each_lane(mask, [&](int lane) {
    u64 address = i.offset;
    if (i.base == Base::thread) address += reinterpret_cast<u64>(w.thread(lane));
    if (i.base == Base::launch) address += reinterpret_cast<u64>(w.block.launch.parameters);
    w.row<T>(i.d)[lane] = T(address);
  });
}
template <bool to>
void shared_address(Warp& w, const Instruction& i, u32 mask) {
  const u64 base = reinterpret_cast<u64>(w.block.shared.data());
  each_lane(mask, [&](int lane) { w.row<u64>(i.d)[lane] = w.row<u64>(i.a)[lane] + (to ? -base : base); });
}
void active_mask(Warp& w, const Instruction& i, u32 mask) {
  each_lane(mask, [&](int lane) { w.row<u32>(i.d)[lane] = mask; });
}
/// A b64 of two b32, and back.
void pack(Warp& w, const Instruction& i, u32 mask) {
  const u32 *low = w.row<u32>(i.vector[0]), *high = w.row<u32>(i.vector[1]);
  each_lane(mask, [&](int lane) { w.row<u64>(i.d)[lane] = u64(high[lane]) << 32 | low[lane]; });
}
void unpack(Warp& w, const Instruction& i, u32 mask) {
  each_lane(mask, [&](int lane) {
    const u64 value = w.row<u64>(i.a)[lane];
    if (i.vector[0]) w.row<u32>(i.vector[0])[lane] = u32(value);
    if (i.vector[1]) w.row<u32>(i.vector[1])[lane] = u32(value >> 32);
  });
}
void nothing(Warp&, const Instruction&, u32) {}

class Decoder {
 public:
  Decoder(Instruction& instruction, Symbols& symbols, const Opcode& opcode, const std::vector<Tokens>& operands)
      : i_(instruction), symbols_(symbols), o_(opcode), x_(operands), type_(opcode.words.back()),
        bytes_(size_of_type(type_)) {}

  void decode() {
    const std::string_view name = o_.words[0];
    if (name == "bar" || name == "barrier") decode_barrier();
    else if (name == "membar" || name == "fence") i_.action = nothing;
    else if (name == "activemask") i_.action = active_mask, i_.d = symbols_.destination(token(0));
    else if (name == "vote" || name == "match" || name == "shfl") decode_together();
    else if (name == "atom" || name == "red") decode_atomic();
    else if (name == "ld" || name == "st") decode_access();
    else if (name == "cvta") decode_address_conversion();
    else if (name == "mov") decode_move();
    else decode_arithmetic();
  }

 private:
  std::string_view token(std::size_t operand, std::size_t n = 0) const { return x_.at(operand).at(n); }

  void decode_barrier() {
    if (o_.has("warp")) {
      i_.kind = Kind::together;
      i_.action = together_action(o_);
      i_.members = symbols_.source(token(0), 4);
      return;
    }
    i_.kind = Kind::barrier;
    const bool reduces = o_.has("red");
    if (reduces && o_.has("or") && o_.has("pred") && x_.size() == 3 && token(1) == "0") {
      i_.d = symbols_.destination(token(0));
      i_.a = symbols_.source_predicate(token(2));
    } else if (reduces || x_.size() != 1 || token(0) != "0") {
      throw Error("PTX barrier that is not emulated");
    }
    if (!o_.options.barriers) i_.kind = Kind::action, i_.action = nothing;
  }

  void decode_together() {
    const std::string_view name = o_.words[0];
    if (!o_.has("sync")) throw Error("PTX: an instruction of several lanes without .sync");
    i_.kind = Kind::together;
    i_.action = together_action(o_);
    i_.d = symbols_.destination(token(0));
    if (x_[0].size() == 3) i_.e = symbols_.destination(token(0, 2));
    i_.a = name == "vote" ? symbols_.source_predicate(token(1)) : symbols_.source(token(1), 4);
    if (name == "shfl") i_.b = symbols_.source(token(2), 4), i_.c = symbols_.source(token(3), 4);
    i_.members = symbols_.source(x_.back().at(0), 4);
  }

  void decode_atomic() {
    const bool returns = o_.words[0] == "atom";
    const std::size_t address = returns ? 1 : 0;
    decode_address(x_.at(address));
    if (returns) i_.d = symbols_.destination(token(0));
    i_.b = symbols_.source(token(address + 1), bytes_);
    i_.c = x_.size() > address + 2 ? symbols_.source(token(address + 2), bytes_) : i_.b;
    i_.action = memory_action(o_, type_, bytes_);
  }

  void decode_access() {
    const bool reads = o_.words[0] == "ld";
    const Tokens& value = x_.at(reads ? 0 : 1);
    decode_address(x_.at(reads ? 1 : 0));
    i_.elements = o_.has("v4") ? 4 : o_.has("v2") ? 2 : 1;
    u32 n = 0, register_bytes = std::max(bytes_, 2u);
    for (const auto& part : value) {
      if (part == "{" || part == "}" || part == ",") continue;
      const auto r = symbols_.find_register(part);
      if (r) register_bytes = r->bytes;
      if (reads && !r) throw Error("PTX: a load into " + std::string(part));
      i_.vector[n++] = r ? r->row : symbols_.source(part, register_bytes);
    }
    if (n != i_.elements) throw Error("PTX: a vector of another length");
    i_.action = memory_action(o_, type_, register_bytes);
  }

  void decode_address(const Tokens& address) {
    const std::string_view base = address.at(1);
    for (std::size_t n = 2; n + 1 < address.size(); ++n) {
      if (address[n] != "+") i_.offset += static_cast<std::int64_t>(read_integer(address[n]));
    }
    if (const auto r = symbols_.find_register(base)) {
      i_.a = r->row;
      i_.address_is_short = r->bytes == 4;
      i_.base = o_.has("shared")   ? Base::shared
                : o_.has("local")  ? Base::local
                : o_.has("global") ? Base::global
                                   : Base::generic;
      if (i_.address_is_short && i_.base != Base::shared) throw Error("PTX: an address of 32 bits");
    } else if (const auto v = symbols_.find_variable(base)) {
      i_.base = v->base;
      i_.offset += v->offset;
    } else {
      throw Error("PTX: address " + std::string(base));
    }
  }

  void decode_address_conversion() {
    i_.d = symbols_.destination(token(0));
    i_.a = symbols_.source(token(1), 8);
    if (!o_.has("shared")) i_.action = arithmetic(Opcode{{"mov", "b64"}, o_.options}, "b64", "");
    else i_.action = o_.has("to") ? shared_address<true> : shared_address<false>;
  }

  void decode_move() {
    if (token(0) == "{" || token(1) == "{") {
      if (bytes_ != 8) throw Error("PTX: parts of registers");
      const bool packs = token(1) == "{";
      for (int half = 0; half < 2; ++half) {
        const std::string_view part = token(packs ? 1 : 0, half == 0 ? 1 : 3);
        i_.vector[half] = packs ? symbols_.source(part, 4) : symbols_.destination(part);
      }
      if (packs) i_.d = symbols_.destination(token(0));
      else i_.a = symbols_.source(token(1), 8);
      i_.action = packs ? pack : unpack;
      return;
    }
    const auto variable = symbols_.find_variable(token(1));
    if (!variable) return decode_arithmetic();
    i_.d = symbols_.destination(token(0));
    i_.base = variable->base;
    i_.offset = variable->offset;
    if (bytes_ == 4 && variable->base != Base::block) throw Error("PTX: an address of 32 bits");
    i_.action = bytes_ == 4 ? address_of<u32> : address_of<u64>;
  }

  void decode_arithmetic() {
    const std::string_view name = o_.words[0];
    for (const auto& operand : x_) {
      if (operand.size() != 1) throw Error("PTX operand of several parts");
    }
    i_.d = symbols_.destination(token(0));
    if (name == "cvt") return decode_conversion();
    i_.action = arithmetic(o_, type_, "");
    if (type_ == "pred") {
      i_.a = symbols_.source_predicate(token(1));
      i_.b = x_.size() > 2 ? symbols_.source_predicate(token(2)) : i_.a;
      return;
    }
    const u32 source = std::max(bytes_, 2u), wide = o_.has("wide") ? 2 * bytes_ : bytes_;
    const bool shifts = name == "shl" || name == "shr" || name == "bmsk";
    i_.a = symbols_.source(token(1), source);
    if (x_.size() > 2) i_.b = symbols_.source(token(2), shifts ? 4 : source);
    if (x_.size() > 3) {
      if (name == "selp") i_.c = symbols_.source_predicate(token(3));
      else i_.c = symbols_.source(token(3), name == "bfi" || name == "prmt" ? 4 : wide);
    }
    if (x_.size() > 4) i_.e = symbols_.source(token(4), 4);
    if (name == "mov" && token(1).starts_with('%') && !symbols_.find_register(token(1)) && bytes_ != 4) {
      throw Error("PTX: a register of the system that is wider than 32 bits");
    }
    const bool counts = name == "setp" || name == "popc" || name == "clz" || name == "bfind";
    check_width(token(0), counts ? 4 : wide);
    check_width(token(1), source);
  }

  /// cvt.to.from: between integers the widths of the registers matter too.
  void decode_conversion() {
    const std::string_view from = type_, to = o_.words.at(o_.words.size() - 2);
    if (to[0] != 'f' && from[0] != 'f') {
      const auto target = symbols_.find_register(token(0)), source = symbols_.find_register(token(1));
      if (!target || !source) throw Error("PTX: a conversion of a constant");
      i_.a = source->row;
      i_.action = integer_conversion(o_, to, from, target->bytes, source->bytes);
      return;
    }
    i_.action = arithmetic(o_, to, from);
    const u32 source = std::max(bytes_, 2u);
    i_.a = symbols_.source(token(1), source);
    check_width(token(0), std::max(size_of_type(to), 2u));
    check_width(token(1), source);
  }

  /// A register of another width than the type's would be read as a row of another shape.
  void check_width(std::string_view name, u32 bytes) const {
    const auto r = symbols_.find_register(name);
    if (!r || r->bytes == bytes) return;
    throw Error("PTX: a register of " + std::to_string(r->bytes) + " bytes where " + std::to_string(bytes) +
                " are meant");
  }

  Instruction& i_;
  Symbols& symbols_;
  const Opcode& o_;
  const std::vector<Tokens>& x_;
  std::string_view type_;
  u32 bytes_;
};

}  // namespace

std::vector<Tokens> operands_of(const Tokens& s, std::size_t at) {
  std::vector<Tokens> all;
  int depth = 0;
  for (bool fresh = true; at < s.size(); ++at) {
    if (s[at] == "," && depth == 0) {
      fresh = true;
      continue;
    }
    if (fresh) all.emplace_back();
    fresh = false;
    if (s[at] == "{" || s[at] == "[" || s[at] == "(") ++depth;
    if (s[at] == "}" || s[at] == "]" || s[at] == ")") --depth;
    all.back().push_back(s[at]);
  }
  return all;
}

void decode(Instruction& instruction, Symbols& symbols, const Opcode& opcode, const std::vector<Tokens>& operands) {
  Decoder(instruction, symbols, opcode, operands).decode();
}

}  // namespace orbitwalk::ptx
