// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "orbitwalk/error.hpp"
#include "results/json_parts.hpp"
#include "support/json.hpp"

namespace orbitwalk::detail {

Json series_to_json(const Series& series) {
  Json json = {{"steps", series.steps},
               {"spacing", series.logarithmic ? "logarithmic" : "linear"},
               {"levels", json_numbers(series.levels)}};
  for (std::size_t o = 0; o < series.names.size(); ++o) {
    Json quantiles = Json::array(), mean = Json::array(), error = Json::array(), count = Json::array();
    for (const SeriesPoint& point : series.points[o]) {
      quantiles.push_back(point.quantiles.empty() ? Json(std::vector<std::nullptr_t>(series.levels.size()))
                                                  : json_numbers(point.quantiles));
      mean.push_back(json_number(point.mean));
      error.push_back(json_number(point.standard_error));
      count.push_back(point.count);
    }
    json["observables"][series.names[o]] = {
        {"quantiles", quantiles}, {"mean", mean}, {"standard_error", error}, {"count", count}};
  }
  return json;
}

Series series_from_json(const Json& json) {
  Series series;
  series.steps = json.at("steps").get<std::vector<std::uint64_t>>();
  series.logarithmic = json.value("spacing", "linear") == "logarithmic";
  series.levels = numbers_at(json, "levels");
  const std::size_t times = series.steps.size();
  for (const auto& [name, each] : json.at("observables").items()) {
    const Json &rows = each.at("quantiles"), &mean = each.at("mean"), &error = each.at("standard_error");
    if (rows.size() != times || series.levels.size() % 2 == 0)
      throw IoError("the series of " + name + " needs quantiles at an odd number of levels for each step");
    if (mean.size() != times || error.size() != times)
      throw IoError("the series of " + name + " needs one mean and error a step");
    std::vector<SeriesPoint> points(times);
    for (std::size_t t = 0; t < times; ++t) {
      if (rows.at(t).size() != series.levels.size())
        throw IoError("the series of " + name + " needs one quantile a level");
      SeriesPoint& point = points[t];
      point.mean = number_from_json(mean.at(t));
      point.standard_error = number_from_json(error.at(t));
      point.count = each.at("count").at(t).get<std::uint64_t>();
      if (point.count > 0) point.quantiles = numbers_from_json(rows.at(t));
    }
    series.names.push_back(name);
    series.points.push_back(std::move(points));
  }
  return series;
}

Json data_to_json(const std::vector<DataRecord>& data) {
  Json list = Json::array();
  for (const DataRecord& file : data) {
    list.push_back({{"role", file.role},
                    {"file", file.file},
                    {"rows", file.rows},
                    {"columns", file.columns},
                    {"shape", file.shape},
                    {"names", file.names},
                    {"header", text_or_null(file.header)},
                    {"skipped", file.skipped},
                    {"remarks", file.remarks},
                    {"missing", file.missing},
                    {"bytes", file.bytes},
                    {"hash", file.hash}});
  }
  return list;
}

std::vector<DataRecord> data_from_json(const Json& json) {
  std::vector<DataRecord> data;
  for (const Json& file : json) {
    DataRecord record;
    record.role = file.at("role").get<std::string>();
    record.file = file.at("file").get<std::string>();
    record.shape = file.at("shape").get<std::vector<std::size_t>>();
    record.columns = file.at("columns").get<std::size_t>();
    record.rows = file.value("rows", record.shape.empty() ? 0 : record.shape[0]);
    record.names = file.at("names").get<std::vector<std::string>>();
    record.header = optional_text_at(file, "header");
    record.skipped = file.at("skipped").get<std::vector<std::string>>();
    record.remarks = file.at("remarks").get<std::vector<std::string>>();
    record.missing = file.at("missing").get<std::uint64_t>();
    record.bytes = file.value("bytes", std::uint64_t{0});
    record.hash = file.at("hash").get<std::string>();
    data.push_back(std::move(record));
  }
  return data;
}

Json blow_up_to_json(const BlowUp& blow_up) {
  return {{"count", blow_up.particles},
          {"observables", blow_up.observables},
          {"worst", blow_up.worst},
          {"largest", json_number(blow_up.largest)},
          {"limit", blow_up.limit}};
}

BlowUp blow_up_from_json(const Json& json) {
  const Json& largest = json.at("largest");  // null: infinite
  return {json.at("count"), json.at("observables").get<std::vector<std::string>>(), json.at("worst"),
          largest.is_null() ? std::numeric_limits<double>::infinity() : largest.get<double>(), json.at("limit")};
}

Json lost_increments_to_json(const LostIncrements& lost) {
  return {{"affected", lost.affected},
          {"parameters", lost.parameters},
          {"particles", lost.particles},
          {"steps", lost.steps},
          {"of", lost.of_drift ? "drift" : "increments"},
          {"kept", json_number(lost.kept)},
          {"apart", json_number(lost.apart)}};
}

LostIncrements lost_increments_from_json(const Json& json) {
  return {json.at("affected"),      json.at("parameters"),   json.at("particles"),    json.at("steps"),
          json.at("of") == "drift", number_at(json, "kept"), number_at(json, "apart")};
}

}  // namespace orbitwalk::detail
