// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "gpu/ptx/symbols.hpp"

#include "gpu/ptx/text.hpp"

namespace orbitwalk::ptx {

using u8 = std::uint8_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

u32 row_stride(u32 bytes) { return bytes == 8 ? 256 : bytes == 2 ? 64 : 128; }

Symbols::Symbols(const Module& module, Program& program) : module_(module), program_(program) {
  new_row(4);  // row 0 is none
}

void Symbols::begin(std::map<std::string_view, Place> variables) { scopes_ = {Scope{{}, {}, std::move(variables)}}; }

u32 Symbols::new_row(u32 bytes, u32 count) {
  const u32 at = (rows_ + 63) / 64 * 64;
  rows_ = at + row_stride(bytes) * count;
  return at;
}

void Symbols::declare_registers(const Tokens& s) {
  const u32 bytes = size_of_type(s[1].substr(1));
  if (bytes == 0) throw Error("PTX: registers of type " + std::string(s[1]));
  for (std::size_t i = 2; i < s.size(); ++i) {
    if (s[i] == ",") continue;
    if (i + 3 < s.size() && s[i + 1] == "<") {
      const u32 count = static_cast<u32>(read_integer(s[i + 2]));
      scopes_.back().families[s[i]] = {new_row(bytes, count), bytes, count};
      i += 3;
    } else {
      scopes_.back().registers[s[i]] = {new_row(bytes), bytes};
    }
  }
}

std::optional<Register> Symbols::find_register(std::string_view name) const {
  std::size_t digits = name.size();
  while (digits > 0 && name[digits - 1] >= '0' && name[digits - 1] <= '9') --digits;
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
    if (const auto at = scope->registers.find(name); at != scope->registers.end()) return at->second;
    if (digits == name.size()) continue;
    const auto at = scope->families.find(name.substr(0, digits));
    if (at == scope->families.end()) continue;
    const Family& family = at->second;
    const u64 index = read_integer(name.substr(digits));
    if (index >= family.count) throw Error("PTX register beyond those declared: " + std::string(name));
    return Register{static_cast<u32>(family.first + row_stride(family.bytes) * index), family.bytes};
  }
  return std::nullopt;
}

std::optional<Place> Symbols::find_variable(std::string_view name) const {
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
    if (const auto at = scope->variables.find(name); at != scope->variables.end()) return at->second;
  }
  if (const auto at = kernel_shared_.find(name); at != kernel_shared_.end()) return at->second;
  if (module_.is_dynamic_shared(name)) return Place{Base::block, std::int64_t(program_.shared_bytes), 0};
  if (u8* at = module_.global(name)) return Place{Base::fixed, reinterpret_cast<std::int64_t>(at), 0};
  return std::nullopt;
}

u32 Symbols::constant(u64 value, u32 bytes) {
  if (bytes < 8) value &= (u64(1) << (8 * bytes)) - 1;
  const auto [at, is_new] = constants_.try_emplace({value, bytes});
  if (is_new) at->second = new_row(bytes);
  return at->second;
}

u32 Symbols::source(std::string_view token, u32 bytes) {
  if (const auto r = find_register(token)) return r->row;
  if (token.starts_with('%')) {
    for (const auto& [name, row] : program_.special) {
      if (name == token) return row;
    }
    program_.special.emplace_back(token, new_row(4));
    return program_.special.back().second;
  }
  if (token == "WARP_SZ") return constant(lanes, bytes);
  if (token.starts_with("0f") || token.starts_with("0F") || token.starts_with("0d") || token.starts_with("0D")) {
    return constant(read_integer("0x" + std::string(token.substr(2))), bytes);
  }
  if (token[0] == '-' || (token[0] >= '0' && token[0] <= '9')) return constant(read_integer(token), bytes);
  throw Error("PTX operand that is not understood: " + std::string(token));
}

u32 Symbols::source_predicate(std::string_view token) {
  if (const auto r = find_register(token)) return r->row;
  return constant(read_integer(token) ? ~0u : 0u, 4);  // a predicate is 32 bits, those of the row's first number
}

u32 Symbols::destination(std::string_view token) const {
  if (token == "_") return 0;
  const auto r = find_register(token);
  if (!r) throw Error("PTX register that is not declared: " + std::string(token));
  return r->row;
}

void Symbols::finish() {
  program_.file.resize((rows_ + 63) / 64 * 64);
  for (const auto& [key, row] : constants_) {
    for (int lane = 0; lane < lanes; ++lane)
      std::memcpy(program_.file.data() + row + lane * key.second, &key.first, key.second);
  }
}

}  // namespace orbitwalk::ptx
