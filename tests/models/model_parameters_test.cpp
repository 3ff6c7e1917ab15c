// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "models/model_parameters.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace orbitwalk {
namespace {

template <class Kept>
struct Inner {
  typename Kept::Real rate = 0;
  ORBITWALK_FIELDS(rate)
};

enum class Colour { red, blue };

template <class Kept>
struct Whole {
  int count = 0;
  bool flag = false;
  Colour colour = Colour::red;
  Inner<Kept> inner;
  typename Kept::Real slope = 0;
  double constant = 0;
  typename Kept::Array table = {};
  ORBITWALK_FIELDS(count, flag, colour, inner, slope, constant, table)
};

TEST(ModelParameters, ArriveUnderTheirNamesAndInTheFunctor) {
  Whole<Stored> whole;
  whole.count = 3, whole.flag = true, whole.colour = Colour::blue, whole.slope = 0.1, whole.constant = 0.2;
  whole.inner.rate = 0.3;
  whole.table = {1.5, 0.1};
  const ModelParameters stored = store(whole);
  EXPECT_EQ(stored.size("count"), 3);
  EXPECT_EQ(stored.size("flag"), 1);
  EXPECT_EQ(stored.size("colour"), 1);
  EXPECT_EQ(stored.number("rate"), 0.3);
  EXPECT_EQ(stored.number("slope"), 0.1);
  EXPECT_EQ(stored.array("table"), (std::vector<double>{1.5, 0.1}));
  EXPECT_TRUE(stored.has_size("flag"));
  EXPECT_FALSE(stored.has_size("slope"));

  std::vector<std::vector<float>> storage;
  const auto seen = read_parameters<Whole>(make_view<float>(stored, storage));
  EXPECT_EQ(seen.count, 3);
  EXPECT_TRUE(seen.flag);
  EXPECT_EQ(seen.colour, Colour::blue);
  EXPECT_EQ(seen.inner.rate, 0.3f);
  EXPECT_EQ(seen.slope, 0.1f);
  EXPECT_EQ(seen.constant, 0.2);
  EXPECT_EQ(seen.table[1], 0.1f);
}

TEST(ModelParameters, UnknownNamesAreRefused) {
  const ModelParameters stored = store(Whole<Stored>());
  EXPECT_THROW(stored.size("counts"), std::logic_error);
  EXPECT_THROW(stored.size("slope"), std::logic_error) << "a number is no size";
  EXPECT_THROW(stored.number("table"), std::logic_error);
  EXPECT_THROW(stored.array("count"), std::logic_error);
}

TEST(ModelParameters, NamesThatAreTakenAndTooManyAreRefused) {
  ModelParameters twice;
  int one = 1;
  twice("a", one);
  EXPECT_THROW(twice("a", one), std::logic_error);
  double number = 1;
  EXPECT_NO_THROW(twice("a", number)) << "numbers have names of their own";
  ModelParameters full;
  for (int i = 0; i < ModelView<double>::capacity; ++i) full("size" + std::to_string(i), one);
  EXPECT_THROW(full("last", one), std::logic_error);
}

}  // namespace
}  // namespace orbitwalk
