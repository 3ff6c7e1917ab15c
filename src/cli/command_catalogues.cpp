// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "dynamics/catalog.hpp"
#include "laws/registry.hpp"
#include "models/catalog.hpp"
#include "support/json.hpp"
#include "support/terminal.hpp"

namespace orbitwalk::cli {
namespace {
using Json = nlohmann::ordered_json;
using Pairs = std::vector<std::pair<std::string, std::string>>;

Json to_json(const Pairs& pairs) {
  Json json = Json::object();
  for (const auto& [key, text] : pairs) json[key] = text;
  return json;
}

// A page is a JSON object; a text page is the same, laid out.
Json model_page(const std::string& name) {
  const ModelInfo info = model_info(name);
  return {{"name", name},
          {"summary", info.summary},
          {"equation", info.equation},
          {"keys of [model]", to_json(info.keys)},
          {"observables", to_json(info.observables)}};
}

Json dynamics_page(const DynamicsInfo& info) {
  return {{"name", info.name},
          {"equation", info.equation},
          {"step", info.step},
          {"weak order", info.weak_order},
          {"order in the invariant law", info.invariant_order},
          {"cost a step", info.cost},
          {"source", info.source},
          {"keys of [dynamics]", to_json(info.keys)}};
}

Json law_page(const LawInfo& info) {
  return {{"name", info.name},
          {"summary", info.summary},
          {"equation", info.equation},
          {"applies", info.applies},
          {"source", info.source}};
}

void print_page(const Json& page) {
  for (const auto& [key, value] : page.items()) {
    if (value.is_string()) {
      std::cout << key << ": " << value.get<std::string>() << "\n";
      continue;
    }
    std::cout << key << ":\n";
    for (const auto& [name, text] : value.items()) std::cout << "  " << name << "  " << text.get<std::string>() << "\n";
  }
}

void show(const std::vector<Json>& pages, bool one, bool json, const char* column) {
  if (json) {
    std::cout << pretty(one ? pages.front() : Json(pages)) << "\n";
  } else if (one) {
    print_page(pages.front());
  } else {
    std::vector<std::vector<std::string>> rows;
    for (const Json& page : pages) rows.push_back({page["name"], page[column]});
    std::cout << format_table({"name", column}, rows, utf8_locale());
  }
}

struct Request {
  std::string name;
  bool json = false;
};

std::shared_ptr<Request> add_catalogue(CLI::App& app, const char* name, const char* text) {
  auto request = std::make_shared<Request>();
  auto* command = app.add_subcommand(name, text);
  command->add_option("name", request->name, "show one, with all its keys");
  command->add_flag("--json", request->json, "as JSON");
  return request;
}

}  // namespace

void add_catalogues(CLI::App& app, Action& action) {
  const auto models = add_catalogue(app, "models", "list the models, or show one");
  app.get_subcommand("models")->callback([models, &action] {
    action = [models] {
      std::vector<Json> pages;
      if (!models->name.empty()) pages.push_back(model_page(models->name));
      else
        for (const auto& name : model_names()) pages.push_back(model_page(name));
      show(pages, !models->name.empty(), models->json, "summary");
      return 0;
    };
  });
  const auto dynamics = add_catalogue(app, "dynamics", "list the integrators, or show one");
  app.get_subcommand("dynamics")->callback([dynamics, &action] {
    action = [dynamics] {
      std::vector<Json> pages;
      if (!dynamics->name.empty()) pages.push_back(dynamics_page(dynamics_info(dynamics->name)));
      else
        for (const auto& info : dynamics_registry()) pages.push_back(dynamics_page(info));
      show(pages, !dynamics->name.empty(), dynamics->json, "equation");
      return 0;
    };
  });
  const auto laws = add_catalogue(app, "laws", "list the predicted laws, or show one");
  app.get_subcommand("laws")->callback([laws, &action] {
    action = [laws] {
      std::vector<Json> pages;
      if (!laws->name.empty()) pages.push_back(law_page(law_info(laws->name)));
      else
        for (const auto& info : law_registry()) pages.push_back(law_page(info));
      show(pages, !laws->name.empty(), laws->json, "summary");
      return 0;
    };
  });
}

}  // namespace orbitwalk::cli
