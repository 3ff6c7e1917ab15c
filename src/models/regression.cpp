// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include "models/regression.hpp"

#include <Eigen/Core>

namespace orbitwalk {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Count = std::function<int(int)>;

void read_data(const Section& section, const DataSource& source, const std::string& model, const std::string& key,
               const Count& count, RegressionProblem& problem) {
  if (section.has("loss")) section.fail("loss", "a model has [data] or a loss, not both");
  int c = 0;
  problem.data = source.read([&](const Section& teacher) { return linear_teacher(teacher, c = count(0), 1); });
  const Dataset& data = *problem.data;
  if (data.outputs != 1)
    source.section().fail("", model + " needs one target column, got " + std::to_string(data.outputs));
  if (c == 0) c = count(int(data.features));
  if (c != int(data.features)) {
    section.fail(key, "the data has " + std::to_string(data.features) + " features, the model " + std::to_string(c));
  }
  const LeastSquares squares(data);
  problem.parameters = {.coordinates = c,
                        .samples = int(data.samples),
                        .dense = true,
                        .weight_decay = problem.parameters.weight_decay,
                        .constant = 0.5 * squares.constant,
                        .hessian = squares.hessian,
                        .cross = squares.cross,
                        .x = by_columns(data.x, data.samples, c),
                        .y = data.y};
  const auto free = ridge_solution(squares, c, problem.parameters.weight_decay);
  for (int j = 0; j < c; ++j) {
    problem.notes.push_back("w" + std::to_string(j + 1) + " is " + data.feature_names[j] +
                            "; free weights with the same weight decay: " + std::to_string(free[j]));
  }
}

void read_loss(const Section& section, const Count& count, Bounds stiffness, RegressionProblem& problem) {
  const Section loss = section.section("loss");
  loss.choice("kind", {"quadratic"}, "quadratic");
  std::vector<double> target = loss.numbers("target", std::vector<double>{1.0});
  const double k = loss.number("stiffness", 1.0, stiffness);
  const int c = count(int(target.size()));
  if (target.size() == 1) target.resize(c, target[0]);
  if (int(target.size()) != c) loss.fail("target", "expected " + std::to_string(c) + " numbers, one a coordinate");
  problem.parameters.coordinates = c;
  problem.parameters.stiffness = k;
  problem.parameters.target = target;
}

}  // namespace

RegressionProblem read_regression(const Section& section, const DataSource& source, const std::string& model,
                                  const std::string& key, const Count& count, Bounds stiffness) {
  RegressionProblem problem;
  problem.parameters.weight_decay = section.number("weight_decay", 0.0, non_negative());
  if (source.given()) read_data(section, source, model, key, count, problem);
  else read_loss(section, count, stiffness, problem);
  return problem;
}

RegressionProblem read_regression(const Section& section, const DataSource& source, const std::string& model,
                                  Bounds stiffness) {
  const Count count = [&](int natural) {
    return static_cast<int>(section.integer("coordinates", natural > 0 ? natural : 3, between(1, 512)));
  };
  return read_regression(section, source, model, "coordinates", count, stiffness);
}

void change_coordinates(RegressionProblem& problem, const std::vector<double>& map, bool orthogonal) {
  RegressionParameters<Stored>& parameters = problem.parameters;
  const int c = parameters.coordinates;
  const Eigen::Map<const RowMajor> m(map.data(), c, c);
  if (parameters.samples == 0) {
    const Eigen::VectorXd target = Eigen::Map<const Eigen::VectorXd>(parameters.target.data(), c);
    const Eigen::VectorXd turned = m.transpose() * target;
    if (orthogonal) {
      parameters.target.assign(turned.begin(), turned.end());
      return;
    }
    const RowMajor hessian = parameters.stiffness * m.transpose() * m;
    const Eigen::VectorXd cross = parameters.stiffness * turned;
    parameters.dense = true;
    parameters.constant = 0.5 * parameters.stiffness * target.squaredNorm();
    parameters.hessian.assign(hessian.data(), hessian.data() + hessian.size());
    parameters.cross.assign(cross.begin(), cross.end());
    return;
  }
  Eigen::Map<RowMajor> hessian(parameters.hessian.data(), c, c);
  Eigen::Map<Eigen::VectorXd> cross(parameters.cross.data(), c);
  Eigen::Map<Eigen::MatrixXd> x(parameters.x.data(), Eigen::Index(parameters.samples), c);  // column-major
  hessian = (m.transpose() * hessian * m).eval();
  cross = (m.transpose() * cross).eval();
  x = (x * m).eval();
}

}  // namespace orbitwalk
