// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include "models/functor_wrapper.hpp"

namespace orbitwalk::test {

template <class R>
std::unique_ptr<Functor> make_functor(const ModelDescription& description) {
#define ORBITWALK_MODEL(model_name, Type) \
  if (description.name == #model_name) return wrap_##model_name<R>(description);
#include "orbitwalk/models/registry.hpp"
#undef ORBITWALK_MODEL
  throw std::runtime_error("no model named " + description.name);
}
template std::unique_ptr<Functor> make_functor<float>(const ModelDescription&);
template std::unique_ptr<Functor> make_functor<double>(const ModelDescription&);

}  // namespace orbitwalk::test
