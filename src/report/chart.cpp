// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "report/chart.hpp"

namespace orbitwalk {

Layer Layer::steps(std::string label, int style, std::vector<double> edges, std::vector<double> y) {
  Layer layer = line(std::move(label), style, {}, std::move(y));
  layer.kind = Kind::steps;
  layer.edges = std::move(edges);
  return layer;
}

Layer Layer::line(std::string label, int style, std::vector<double> x, std::vector<double> y) {
  Layer layer;
  layer.kind = Kind::line;
  layer.label = std::move(label);
  layer.style = style;
  layer.x = std::move(x);
  layer.y = std::move(y);
  return layer;
}

Layer Layer::fan(std::string label, int style, std::vector<double> x, std::vector<double> levels,
                 std::vector<std::vector<double>> quantiles) {
  Layer layer = line(std::move(label), style, std::move(x), {});
  layer.kind = Kind::fan;
  layer.levels = std::move(levels);
  layer.quantiles = std::move(quantiles);
  return layer;
}

Layer Layer::points(std::string label, int style, std::vector<double> x, std::vector<double> y) {
  Layer layer = line(std::move(label), style, std::move(x), std::move(y));
  layer.kind = Kind::points;
  return layer;
}

Layer Layer::bars(std::string label, int style, std::vector<double> x, std::vector<double> y) {
  Layer layer = line(std::move(label), style, std::move(x), std::move(y));
  layer.kind = Kind::bars;
  return layer;
}

Layer Layer::horizontal(std::string label, int style, std::vector<double> at) {
  Layer layer;
  layer.kind = Kind::reference;
  layer.label = std::move(label);
  layer.style = style;
  layer.at = std::move(at);
  return layer;
}

Layer Layer::vertical_line(std::string label, int style, std::vector<double> at) {
  Layer layer = horizontal(std::move(label), style, std::move(at));
  layer.vertical = true;
  return layer;
}

Layer Layer::between(std::vector<double> lower_ends, std::vector<double> upper_ends) const {
  Layer layer = *this;
  layer.lower = std::move(lower_ends);
  layer.upper = std::move(upper_ends);
  return layer;
}

}  // namespace orbitwalk
