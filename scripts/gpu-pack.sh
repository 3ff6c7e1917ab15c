#!/usr/bin/env bash
# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
#
# Gathers into .gpu-pack/prefix the headers and libraries that a GPU machine with only the CUDA toolkit, g++, CMake and
# Ninja lacks, so that CMAKE_PREFIX_PATH=.gpu-pack/prefix builds orbitwalk there; then builds a small program from
# the pack alone. Runs on Debian or Ubuntu with the packages of setup.sh installed, for machines of the same processor
# whose glibc and libstdc++ are as new or newer. Of Boost it holds only what the sources at hand include: pack again
# after a change to that. Called by scripts/gpu-check --pack.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/setup.sh
orbitwalk_install_missing

most_mebibytes=40
multiarch=$(g++ -print-multiarch)
system=/usr/lib/$multiarch
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$PWD/.gpu-pack/prefix
rm -rf .gpu-pack
mkdir -p "$prefix/include" "$prefix/lib/cmake"

version() {  # PACKAGE: upstream's version, at most three numbers
  dpkg-query -W -f='${Version}' "$1" | sed -E 's/^[0-9]+://; s/[^0-9.].*//' | cut -d. -f1-3
}

# config NAME VERSION: writes NAMEConfig.cmake from standard input, with ${prefix} set, and the version file beside it.
config() {
  local folder=$prefix/lib/cmake/$1
  [[ $2 ]] || { echo "gpu-pack: no version of $1 is known" >&2; exit 1; }
  mkdir -p "$folder"
  { echo "get_filename_component(prefix \"\${CMAKE_CURRENT_LIST_DIR}/../../..\" ABSOLUTE)"
    cat; } >"$folder/$1Config.cmake"
  cat >"$folder/$1ConfigVersion.cmake" <<VERSION
set(PACKAGE_VERSION $2)
if(NOT PACKAGE_FIND_VERSION VERSION_GREATER PACKAGE_VERSION)
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
endif()
VERSION
}

# header_only NAME VERSION TARGET FOLDER: the config of a library that is one include folder.
header_only() {
  config "$1" "$2" <<CMAKE
if(NOT TARGET $3)
  add_library($3 INTERFACE IMPORTED)
  set_target_properties($3 PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "\${prefix}/$4")
endif()
CMAKE
}

mkdir "$prefix/include/eigen3"
cp -a /usr/include/eigen3/Eigen "$prefix/include/eigen3/"
header_only Eigen3 "$(version libeigen3-dev)" Eigen3::Eigen include/eigen3

cp -a /usr/include/nlohmann "$prefix/include/"
header_only nlohmann_json "$(version nlohmann-json3-dev)" nlohmann_json::nlohmann_json include

cp -a /usr/include/toml++ "$prefix/include/"
header_only tomlplusplus "$(version libtomlplusplus-dev)" tomlplusplus::tomlplusplus include

cp -a /usr/include/CLI "$prefix/include/"
header_only CLI11 "$(version libcli11-dev)" CLI11::CLI11 include

cp -a /usr/include/gtest "$prefix/include/"
cp -L "$system/libgtest.a" "$system/libgtest_main.a" "$prefix/lib/"
config GTest "$(version libgtest-dev)" <<'CMAKE'
include(CMakeFindDependencyMacro)
find_dependency(Threads)
if(NOT TARGET GTest::gtest)
  add_library(GTest::gtest STATIC IMPORTED)
  set_target_properties(GTest::gtest PROPERTIES IMPORTED_LOCATION "${prefix}/lib/libgtest.a"
    INTERFACE_INCLUDE_DIRECTORIES "${prefix}/include" INTERFACE_LINK_LIBRARIES Threads::Threads)
  add_library(GTest::gtest_main STATIC IMPORTED)
  set_target_properties(GTest::gtest_main PROPERTIES IMPORTED_LOCATION "${prefix}/lib/libgtest_main.a"
    INTERFACE_LINK_LIBRARIES GTest::gtest)
endif()
CMAKE

# Debian has libbenchmark as a shared library only; a program finds it by the run path of its build tree.
cp -a /usr/include/benchmark "$prefix/include/"
soname=$(objdump -p "$system/libbenchmark.so" | awk '$1 == "SONAME" {print $2}')
cp -L "$system/libbenchmark.so" "$prefix/lib/$soname"
cp -L "$system/libbenchmark_main.a" "$prefix/lib/"
config benchmark "$(version libbenchmark-dev)" <<CMAKE
include(CMakeFindDependencyMacro)
find_dependency(Threads)
if(NOT TARGET benchmark::benchmark)
  add_library(benchmark::benchmark SHARED IMPORTED)
  set_target_properties(benchmark::benchmark PROPERTIES IMPORTED_LOCATION "\${prefix}/lib/$soname" IMPORTED_SONAME $soname
    INTERFACE_INCLUDE_DIRECTORIES "\${prefix}/include" INTERFACE_LINK_LIBRARIES Threads::Threads)
  add_library(benchmark::benchmark_main STATIC IMPORTED)
  set_target_properties(benchmark::benchmark_main PROPERTIES IMPORTED_LOCATION "\${prefix}/lib/libbenchmark_main.a"
    INTERFACE_LINK_LIBRARIES benchmark::benchmark)
endif()
CMAKE

# One archive with the compression filters inside. The network driver, which needs libcurl and libcrypto, is an object
# that nothing here refers to, so the linker leaves it out.
mkdir "$prefix/include/hdf5"
cp -L "$system"/hdf5/serial/include/*.h "$prefix/include/hdf5/"
ar -M <<SCRIPT
create $prefix/lib/libhdf5.a
addlib $system/hdf5/serial/libhdf5.a
addlib $system/libsz.a
addlib $system/libaec.a
addlib $system/libz.a
save
end
SCRIPT
config hdf5 "$(version libhdf5-dev)" <<'CMAKE'
include(CMakeFindDependencyMacro)
find_dependency(Threads)
set(HDF5_INCLUDE_DIR "${prefix}/include/hdf5")
set(HDF5_VERSION ${PACKAGE_VERSION})
set(HDF5_ENABLE_PARALLEL FALSE)
if(NOT TARGET hdf5::hdf5)
  add_library(hdf5::hdf5 STATIC IMPORTED)
  set_target_properties(hdf5::hdf5 PROPERTIES IMPORTED_LOCATION "${prefix}/lib/libhdf5.a" IMPORTED_CONFIGURATIONS RELEASE
    IMPORTED_LOCATION_RELEASE "${prefix}/lib/libhdf5.a" INTERFACE_INCLUDE_DIRECTORIES "${prefix}/include/hdf5"
    INTERFACE_LINK_LIBRARIES "Threads::Threads;${CMAKE_DL_LIBS};m")
endif()
CMAKE
# find_package looks for HDF5Config.cmake or hdf5-config.cmake.
mv "$prefix/lib/cmake/hdf5/hdf5Config.cmake" "$prefix/lib/cmake/hdf5/hdf5-config.cmake"
mv "$prefix/lib/cmake/hdf5/hdf5ConfigVersion.cmake" "$prefix/lib/cmake/hdf5/hdf5-config-version.cmake"

# Clp, in the archive of CoinUtils also the LAPACK, Fortran run time and compression that it needs.
cp -a /usr/include/coin "$prefix/include/"
cp -L "$system/libClp.a" "$prefix/lib/"
mapfile -t routines < <(nm -u "$system/libCoinUtils.a" "$system/libClp.a" 2>/dev/null | awk '$2 ~ /^[a-z0-9]+_$/ {print "--undefined=" $2}' | sort -u)
ld -r -o "$work/lapack.o" "${routines[@]}" "$system/lapack/liblapack.a" "$system/blas/libblas.a"
ar -M <<SCRIPT
create $prefix/lib/libCoinUtils.a
addlib $system/libCoinUtils.a
addmod $work/lapack.o
addlib $(g++ -print-file-name=libgfortran.a)
addlib $(g++ -print-file-name=libquadmath.a)
addlib $system/libbz2.a
addlib $system/libz.a
save
end
SCRIPT

# Boost: what the sources include and all that follows from it, with every compiler's configuration.
folders=()
for folder in include src kernels tests bench; do
  [[ -d $folder ]] && folders+=("$folder")
done
grep -rhoE '^[[:space:]]*#[[:space:]]*include[[:space:]]*<boost/[^>]+>' "${folders[@]}" |
  sed -E 's/^[[:space:]]*#[[:space:]]*/#/' | sort -u >"$work/boost.hpp" || true
included=$(wc -l <"$work/boost.hpp")
echo '#include <boost/version.hpp>' >>"$work/boost.hpp"
for mode in -UNDEBUG -DNDEBUG; do
  g++ -std=c++20 "$mode" -M -x c++ "$work/boost.hpp"
done | tr -s '[:space:]' '\n' | grep '^/usr/include/boost/' | sort -u >"$work/boost.list"
find /usr/include/boost/config /usr/include/boost/config.hpp -name '*.hpp' >>"$work/boost.list"
tar -C /usr/include -cf - -T <(sed 's|^/usr/include/||' "$work/boost.list" | sort -u) | tar -C "$prefix/include" -xf -
boost_version=$(sed -nE 's/^#define BOOST_LIB_VERSION "([0-9]+)_([0-9]+).*"/\1.\2.0/p' /usr/include/boost/version.hpp)
config Boost "$boost_version" <<'CMAKE'
set(Boost_INCLUDE_DIRS "${prefix}/include")
set(Boost_VERSION ${PACKAGE_VERSION})
set(Boost_FOUND TRUE)
if(NOT TARGET Boost::headers)
  add_library(Boost::headers INTERFACE IMPORTED)
  set_target_properties(Boost::headers PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${prefix}/include")
endif()
if(NOT TARGET Boost::boost)
  add_library(Boost::boost INTERFACE IMPORTED)
  set_target_properties(Boost::boost PROPERTIES INTERFACE_LINK_LIBRARIES Boost::headers)
endif()
CMAKE

# The proof: a program that uses every library, configured with the pack as the only place to search, no dependency of
# which lies outside the pack where the pack holds that library.
mkdir "$work/proof"
cp "$work/boost.hpp" "$work/proof/"
cat >"$work/proof/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(proof LANGUAGES C CXX)
set(CMAKE_CXX_STANDARD 20)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(Threads REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(tomlplusplus 3.3 REQUIRED)
find_package(HDF5 REQUIRED COMPONENTS C)
find_package(CLI11 2.1 REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_path(CLP_INCLUDE_DIR coin/ClpSimplex.hpp REQUIRED)
find_library(CLP_LIBRARY Clp REQUIRED)
find_library(COINUTILS_LIBRARY CoinUtils REQUIRED)
add_executable(proof proof.cpp)
target_include_directories(proof SYSTEM PRIVATE ${HDF5_INCLUDE_DIRS} ${CLP_INCLUDE_DIR})
target_link_libraries(proof PRIVATE Eigen3::Eigen Boost::headers nlohmann_json::nlohmann_json tomlplusplus::tomlplusplus
  ${HDF5_C_LIBRARIES} ${CLP_LIBRARY} ${COINUTILS_LIBRARY} CLI11::CLI11 GTest::gtest GTest::gtest_main benchmark::benchmark Threads::Threads)
CMAKE
cat >"$work/proof/proof.cpp" <<'CPP'
#include "boost.hpp"

#include <benchmark/benchmark.h>
#include <coin/ClpSimplex.hpp>
#include <gtest/gtest.h>
#include <hdf5.h>
#include <toml++/toml.h>

#include <CLI/CLI.hpp>
#include <Eigen/Dense>
#include <nlohmann/json.hpp>

TEST(Pack, EveryLibraryWorks) {
  Eigen::Matrix2d matrix;
  matrix << 2, 1, 1, 3;
  EXPECT_NEAR(matrix.ldlt().solve(Eigen::Vector2d(3, 4)).sum(), 2, 1e-14);
  EXPECT_EQ(toml::parse("a = [1, 2]")["a"][1].value_or(0), 2);
  EXPECT_EQ(nlohmann::json::parse("[1, 2]").at(1), 2);
  CLI::App app;
  EXPECT_EQ(app.parsed(), 0u);
  ClpSimplex simplex;  // min x subject to x >= 0, 2 x = 3
  simplex.setLogLevel(0);
  const CoinBigIndex starts[] = {0, 1};
  const int row = 0;
  const double two = 2, three = 3, cost = 1;
  simplex.loadProblem(1, 1, starts, &row, &two, nullptr, nullptr, &cost, &three, &three);
  EXPECT_EQ(simplex.dual(), 0);
  EXPECT_NEAR(simplex.objectiveValue(), 1.5, 1e-9);
  int ran = 0;
  benchmark::RegisterBenchmark("once", [&](benchmark::State& state) { for (auto _ : state) ++ran; })->Iterations(1);
  benchmark::RunSpecifiedBenchmarks();
  EXPECT_EQ(ran, 1);

  const hsize_t size = 4096, chunk = 512;
  std::vector<double> values(size, 1.5);
  const hid_t file = H5Fcreate("proof.h5", H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hid_t space = H5Screate_simple(1, &size, nullptr);
  const hid_t list = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(list, 1, &chunk);
  ASSERT_GE(H5Pset_deflate(list, 6), 0);
  const hid_t set = H5Dcreate2(file, "x", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, list, H5P_DEFAULT);
  ASSERT_GE(H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0);
  EXPECT_LT(H5Dget_storage_size(set), size * sizeof(double) / 10);
  H5Fclose(file);
}
CPP
log=$work/proof.log
if ! { cmake -G Ninja -S "$work/proof" -B "$work/proof/build" -DCMAKE_PREFIX_PATH="$prefix" \
         -DCMAKE_FIND_USE_CMAKE_SYSTEM_PATH=OFF -DCMAKE_FIND_USE_SYSTEM_ENVIRONMENT_PATH=OFF \
         -DCMAKE_MAKE_PROGRAM="$(command -v ninja)" -DCMAKE_CXX_COMPILER="$(command -v g++)" \
         -DCMAKE_C_COMPILER="$(command -v gcc)" &&
       cmake --build "$work/proof/build" && (cd "$work" && proof/build/proof); } >"$log" 2>&1; then
  tail -40 "$log" >&2
  echo "gpu-pack: the proof failed: the pack is not enough to build with" >&2
  exit 1
fi
outside=$(ninja -C "$work/proof/build" -t deps |
  grep -E '^ *(/usr/local|/usr)/include/(boost|eigen3|nlohmann|toml\+\+|CLI|gtest|benchmark|hdf5|coin)' || true)
if [[ $outside ]]; then
  printf '%s\n' "$outside" >&2
  echo "gpu-pack: the pack lacks these headers" >&2
  exit 1
fi

mebibytes=$(du -sm --apparent-size .gpu-pack | cut -f1)
echo "gpu-pack: .gpu-pack/prefix holds $(find .gpu-pack -type f | wc -l) files, $mebibytes MiB" \
  "($included headers of Boost included by the sources); a program built from it alone works"
if ((mebibytes > most_mebibytes)); then
  echo "gpu-pack: larger than $most_mebibytes MiB" >&2
  exit 1
fi
