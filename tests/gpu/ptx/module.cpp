// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <cctype>
#include <cstring>

#include "gpu/ptx/interpreter.hpp"
#include "gpu/ptx/text.hpp"

// From text to functions made of statements.
namespace orbitwalk::ptx {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || std::strchr("_$%.-", c) != nullptr; }

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) { advance(); }
  std::string_view peek() const { return token_; }
  bool at_end() const { return token_.empty(); }
  std::string_view take() {
    const std::string_view token = token_;
    advance();
    return token;
  }
  void expect(std::string_view token) {
    if (take() != token) throw Error("PTX: expected " + std::string(token) + " before " + std::string(token_));
  }
  /// The rest of a directive that ends with its line.
  std::string_view rest_of_line() {
    const std::size_t from = token_.data() - text_.data(), to = std::min(text_.find('\n', from), text_.size());
    at_ = to;
    advance();
    return text_.substr(from, to - from);
  }

 private:
  void advance() {
    for (;;) {
      while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
      if (text_.substr(at_, 2) == "//") at_ = std::min(text_.find('\n', at_), text_.size());
      else if (text_.substr(at_, 2) == "/*") at_ = std::min(text_.find("*/", at_), text_.size() - 2) + 2;
      else break;
    }
    const std::size_t from = at_;
    if (at_ < text_.size()) {
      if (text_[at_] == '"') at_ = text_.find('"', at_ + 1) + 1;
      else if (!is_word(text_[at_])) ++at_;
      else
        while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    }
    token_ = text_.substr(from, at_ - from);
  }

  std::string_view text_, token_;
  std::size_t at_ = 0;
};

std::vector<Variable> read_parameters(Reader& reader) {
  std::vector<Variable> all;
  reader.expect("(");
  while (reader.peek() != ")") {
    Tokens tokens;
    while (reader.peek() != "," && reader.peek() != ")") tokens.push_back(reader.take());
    all.push_back(read_variable(tokens));
    if (reader.peek() == ",") reader.take();
  }
  reader.take();
  return all;
}

Function read_function(Reader& reader, bool is_entry) {
  Function function;
  function.is_entry = is_entry;
  if (reader.peek() == "(") function.results = read_parameters(reader);
  function.name = reader.take();
  if (reader.peek() == "(") function.parameters = read_parameters(reader);
  while (reader.peek() != "{" && reader.peek() != ";") {
    const std::string_view word = reader.take();
    if (word == ".maxntid" || word == ".minnctapersm") {
      const auto n = static_cast<std::uint32_t>(read_integer(reader.take()));
      (word == ".maxntid" ? function.most_threads : function.least_blocks) = n;
      while (reader.peek() == ",") reader.take(), reader.take();
    }
  }
  if (reader.take() == ";") return function;
  for (int depth = 1; depth > 0;) {
    if (reader.at_end()) throw Error("PTX: a function does not end");
    Tokens statement;
    const std::string_view first = reader.peek();
    if (first == "{" || first == "}") {
      depth += first == "{" ? 1 : -1;
      statement.push_back(reader.take());
    } else if (first == ".loc") {
      reader.rest_of_line();
      continue;
    } else {
      while (reader.peek() != ";" && reader.peek() != ":") statement.push_back(reader.take());
      if (reader.take() == ":") statement.push_back(":");
    }
    if (!statement.empty() && depth > 0) function.body.push_back(std::move(statement));
  }
  return function;
}

}  // namespace

std::uint64_t read_integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  std::uint64_t value = 0;
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  if (hex) text.remove_prefix(2);
  for (const char c : text) {
    if (c == 'U') continue;
    value = value * (hex ? 16 : 10) + (c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
  }
  return negative ? -value : value;
}

Variable read_variable(const Tokens& tokens) {
  Variable variable;
  std::uint32_t size = 0, count = 1;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::string_view word = tokens[i];
    if (word == ".align") variable.align = static_cast<std::uint32_t>(read_integer(tokens[++i]));
    else if (word == "[") {
      if (tokens[i + 1] == "]") count = 0;
      else count *= static_cast<std::uint32_t>(read_integer(tokens[i + 1]));
    } else if (word == "=") break;
    else if (word.starts_with('.') && size_of_type(word.substr(1))) size = size_of_type(word.substr(1));
    else if (!word.starts_with('.') && variable.name.empty()) variable.name = word;
  }
  if (variable.name.empty() || size == 0) throw Error("PTX: a declaration that is not understood");
  variable.bytes = size * count;
  variable.align = std::max(variable.align, size);
  return variable;
}

std::uint32_t size_of_type(std::string_view type) {
  if (type == "pred") return 4;
  if (type.size() < 2 || std::strchr("busf", type[0]) == nullptr) return 0;
  const std::string_view bits = type.substr(1);
  return bits == "8" ? 1 : bits == "16" ? 2 : bits == "32" ? 4 : bits == "64" ? 8 : 0;
}

Module::Module(std::string text) : text_(std::move(text)) {
  Reader reader(text_);
  while (!reader.at_end()) {
    const std::string_view word = reader.take();
    if (word == ".version") version = reader.take();
    else if (word == ".target") target = reader.rest_of_line();
    else if (word == ".address_size") reader.take();
    else if (word == ".file") reader.rest_of_line();
    else if (word == ".section") throw Error("PTX with debug information is not read");
    else if (word == ".visible" || word == ".weak" || word == ".extern") continue;
    else if (word == ".entry" || word == ".func") {
      Function function = read_function(reader, word == ".entry");
      const auto known = functions_.find(function.name);
      if (known == functions_.end() || known->second.body.empty()) functions_[function.name] = std::move(function);
    } else if (word == ".global" || word == ".const" || word == ".shared") {
      Tokens tokens;
      while (reader.peek() != ";") tokens.push_back(reader.take());
      reader.take();
      const Variable variable = read_variable(tokens);
      if (word == ".shared") {
        if (variable.bytes != 0 || !dynamic_shared_.empty())
          throw Error("PTX: shared variable " + std::string(variable.name));
        dynamic_shared_ = variable.name;
      } else {
        for (const auto& token : tokens) {
          if (token == "=") throw Error("PTX: variable with a value: " + std::string(variable.name));
        }
        globals_[variable.name] = std::make_unique<std::uint8_t[]>(variable.bytes);
      }
    } else throw Error("PTX: directive " + std::string(word));
  }
}

const Function* Module::find(std::string_view name) const {
  const auto at = functions_.find(name);
  return at == functions_.end() ? nullptr : &at->second;
}

std::uint8_t* Module::global(std::string_view name) const {
  const auto at = globals_.find(name);
  return at == globals_.end() ? nullptr : at->second.get();
}

}  // namespace orbitwalk::ptx
