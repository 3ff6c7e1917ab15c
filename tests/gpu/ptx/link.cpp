// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "gpu/ptx/decode.hpp"
#include "gpu/ptx/text.hpp"

// From statements to a kernel: it and the functions that it calls, each with rows and memory of its own, one after the
// other.
namespace orbitwalk::ptx {
namespace {

using u32 = std::uint32_t;
using u64 = std::uint64_t;

/// A function that the kernel calls, or the kernel itself.
struct Frame {
  const Function* function;
  std::map<std::string_view, Place> variables;  ///< parameters and results
  u32 entry = 0;
};

u64 reserve(u64& size, const Variable& v) {
  size = (size + v.align - 1) / v.align * v.align;
  const u64 at = size;
  size += v.bytes;
  return at;
}

Variable declared(const Tokens& statement) { return read_variable({statement.begin() + 1, statement.end()}); }

class Linker {
 public:
  Linker(const Module& module, std::string_view entry, const Options& options)
      : module_(module), options_(options), symbols_(module, *program_) {
    program_->name = entry;
    const Function& kernel = function(entry);
    if (!kernel.is_entry) throw Error("PTX: " + std::string(entry) + " is not a kernel");
    program_->parameters = kernel.parameters;
    place_shared(kernel);
    frame(entry);
    for (std::size_t next = 0; next < order_.size(); ++next) write(*order_[next]);
    for (const auto& [at, callee] : calls_) program_->code[at].target = frames_.at(callee).entry;
    program_->thread_bytes = (program_->thread_bytes + 63) / 64 * 64;
    symbols_.finish();
  }
  std::shared_ptr<const Program> take() { return program_; }

 private:
  /// The shared variables that the kernel declares, before the one that a launch sizes.
  void place_shared(const Function& kernel) {
    for (const Tokens& statement : kernel.body) {
      if (statement[0] != ".shared") continue;
      const Variable v = declared(statement);
      symbols_.declare_shared(v.name, {Base::block, std::int64_t(reserve(program_->shared_bytes, v)), v.bytes});
    }
    program_->shared_bytes = (program_->shared_bytes + 15) / 16 * 16;
  }

  const Function& function(std::string_view name) const {
    const Function* f = module_.find(name);
    if (f == nullptr || f->body.empty()) throw Error("PTX: no function " + std::string(name));
    return *f;
  }

  Frame& frame(std::string_view name) {
    const auto [at, is_new] = frames_.try_emplace(name);
    Frame& frame = at->second;
    if (!is_new) return frame;
    frame.function = &function(name);
    const bool kernel = frame.function->is_entry;
    for (const auto& v : frame.function->parameters) {
      const u64 offset = reserve(kernel ? program_->parameter_bytes : program_->thread_bytes, v);
      frame.variables[v.name] = {kernel ? Base::launch : Base::thread, std::int64_t(offset), v.bytes};
    }
    for (const auto& v : frame.function->results) {
      frame.variables[v.name] = {Base::thread, std::int64_t(reserve(program_->thread_bytes, v)), v.bytes};
    }
    order_.push_back(&frame);
    return frame;
  }

  void write(Frame& frame) {
    frame.entry = static_cast<u32>(program_->code.size());
    symbols_.begin(frame.variables);
    labels_.clear();
    branches_.clear();
    for (const Tokens& statement : frame.function->body) write_statement(statement);
    for (const auto& [at, label] : branches_) {
      const auto target = labels_.find(label);
      if (target == labels_.end()) throw Error("PTX: no label " + std::string(label));
      program_->code[at].target = target->second;
    }
    Instruction end;  // of a function that ends without saying so
    end.kind = frame.function->is_entry ? Kind::stop : Kind::leave;
    end.text = "end";
    program_->code.push_back(end);
  }

  void write_statement(const Tokens& s) {
    if (s[0] == "{") return symbols_.open_scope();
    if (s[0] == "}") return symbols_.close_scope();
    if (s.back() == ":") {
      labels_[s[0]] = static_cast<u32>(program_->code.size());
      return;
    }
    if (s[0] == ".reg") return symbols_.declare_registers(s);
    if (s[0] == ".local" || s[0] == ".param") {
      const Variable v = declared(s);
      if (s[0] == ".local") program_->local_bytes += v.bytes;
      return symbols_.declare(v.name, {Base::thread, std::int64_t(reserve(program_->thread_bytes, v)), v.bytes});
    }
    if (s[0] == ".shared" || s[0] == ".pragma") return;
    if (s[0].starts_with('.')) throw Error("PTX directive that is not understood: " + std::string(s[0]));
    try {
      write_instruction(s);
    } catch (const Error& error) {
      std::string text;
      for (const auto& token : s) text += std::string(token) + " ";
      throw Error(std::string(error.what()) + ", in: " + text);
    }
  }

  void write_instruction(const Tokens& s) {
    Instruction i;
    std::size_t at = 0;
    if (s[0] == "@") {
      i.guarded = true;
      i.guard_is_not = s[1] == "!";
      at = i.guard_is_not ? 2 : 1;
      i.guard = symbols_.destination(s[at++]);
    }
    i.text = s[at];
    const Opcode opcode = read_opcode(s[at++]);
    const std::string_view name = opcode.words[0];
    if (name == "bra") {
      i.kind = Kind::branch;
      branches_.emplace_back(program_->code.size(), s.at(at));
    } else if (name == "call") {
      write_call(i, s, at);
    } else if (name == "ret") {
      i.kind = Kind::leave;
    } else if (name == "exit") {
      i.kind = Kind::stop;
    } else {
      decode(i, symbols_, opcode, operands_of(s, at));
    }
    program_->code.push_back(std::move(i));
  }

  Opcode read_opcode(std::string_view text) const {
    Opcode opcode{{}, options_};
    for (;;) {
      const std::size_t dot = text.find('.');
      opcode.words.push_back(text.substr(0, dot));
      if (dot == std::string_view::npos) return opcode;
      text.remove_prefix(dot + 1);
    }
  }

  /// call (results), name, (arguments)
  void write_call(Instruction& i, const Tokens& s, std::size_t at) {
    const auto list = [&] {
      std::vector<std::string_view> names;
      for (++at; s.at(at) != ")"; ++at) {
        if (s[at] != ",") names.push_back(s[at]);
      }
      ++at;
      if (at < s.size() && s[at] == ",") ++at;
      return names;
    };
    std::vector<std::string_view> results, arguments;
    if (s.at(at) == "(") results = list();
    const std::string_view name = s.at(at++);
    if (at < s.size() && s[at] == ",") ++at;
    if (at < s.size() && s[at] == "(") arguments = list();
    const Frame& callee = frame(name);
    i.before = copies(arguments, callee.function->parameters, callee, true);
    i.after = copies(results, callee.function->results, callee, false);
    i.kind = Kind::call;
    calls_.emplace_back(program_->code.size(), name);
  }

  /// What a call copies between variables of the caller (`here`) and those of the function that is called (`there`).
  std::vector<Copy> copies(const std::vector<std::string_view>& here, const std::vector<Variable>& there,
                           const Frame& callee, bool arguments) const {
    if (here.size() != there.size()) throw Error("PTX: a call with other arguments than the function's");
    std::vector<Copy> all;
    for (std::size_t n = 0; n < here.size(); ++n) {
      const auto mine = symbols_.find_variable(here[n]);
      const Place theirs = callee.variables.at(there[n].name);
      if (!mine || mine->base != Base::thread || mine->bytes != theirs.bytes) {
        throw Error("PTX: argument " + std::string(here[n]));
      }
      const u32 a = static_cast<u32>(mine->offset), b = static_cast<u32>(theirs.offset);
      all.push_back(arguments ? Copy{b, a, theirs.bytes} : Copy{a, b, theirs.bytes});
    }
    return all;
  }

  const Module& module_;
  const Options& options_;
  std::shared_ptr<Program> program_ = std::make_shared<Program>();
  Symbols symbols_;
  std::map<std::string_view, Frame> frames_;
  std::vector<Frame*> order_;
  std::map<std::string_view, u32> labels_;                                  // of the function that is being written
  std::vector<std::pair<std::size_t, std::string_view>> branches_, calls_;  // place in the code, and where it leads
};

}  // namespace

std::shared_ptr<const Program> link(const Module& module, std::string_view entry, const Options& options) {
  return Linker(module, entry, options).take();
}
const std::vector<Variable>& parameters(const Program& program) { return program.parameters; }
std::uint64_t local_bytes(const Program& program) { return program.local_bytes; }
std::uint64_t shared_bytes(const Program& program) { return program.shared_bytes; }

}  // namespace orbitwalk::ptx
