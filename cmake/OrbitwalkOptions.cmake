# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
# Build-wide rules: warnings, floating point, instruction sets, the CUDA switch.

option(ORBITWALK_SANITIZE "address and undefined-behaviour sanitizers" OFF)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

# Results must have the same bits everywhere: the compiler may never fuse or reorder on its own; fma is explicit.
add_library(orbitwalk_flags INTERFACE)
target_compile_options(orbitwalk_flags INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-ffp-contract=off;-Wall;-Wextra;-Wno-psabi;-Wno-unknown-pragmas;-Wno-restrict>)
if(ORBITWALK_SANITIZE)
  target_compile_options(orbitwalk_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined -O1)
  target_link_options(orbitwalk_flags INTERFACE -fsanitize=address,undefined)
endif()

# Instruction sets of the cpu backend, one compilation each, chosen at run time.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(ORBITWALK_ISAS Generic Avx2 Avx512)
  set(ORBITWALK_ISA_FLAGS_Generic "")
  if(ORBITWALK_SANITIZE)
    # The kernels' text is sanitized in the reference backend, over scalars; over packs it takes minutes a model to compile.
    set(ORBITWALK_ISAS Generic)
    set(ORBITWALK_ISA_FLAGS_Generic -fno-sanitize=all)
  endif()
  set(ORBITWALK_ISA_FLAGS_Avx2 -march=x86-64-v3)
  set(ORBITWALK_ISA_FLAGS_Avx512 -march=x86-64-v4 -mprefer-vector-width=512)
else()
  set(ORBITWALK_ISAS Generic)
  set(ORBITWALK_ISA_FLAGS_Generic "")
endif()

# CUDA: AUTO takes nvcc where it is found and says so; ON fails without it; the CPU program is complete either way.
# ORBITWALK_CUDA_CODE names the architectures that kernels are assembled for. Every other GPU from compute capability 8.0 on takes the
# intermediate code (PTX), which the driver compiles when a kernel is first launched, and keeps in a cache. With ORBITWALK_CUDA_CHECK nothing
# is assembled, which takes most of a build's time: the tests execute the PTX on the CPU (tests/gpu/ptx).
set(ORBITWALK_CUDA_CODE "sm_80,sm_90" CACHE STRING "architectures to assemble kernels for, separated by commas")
option(ORBITWALK_CUDA_CHECK "kernels as PTX only, executed by the tests on the CPU" OFF)
set(ORBITWALK_WITH_CUDA OFF)
if(NOT ORBITWALK_CUDA STREQUAL "OFF")
  include(CheckLanguage)
  if(NOT CMAKE_CUDA_COMPILER AND EXISTS /usr/local/cuda/bin/nvcc AND ORBITWALK_CUDA STREQUAL "ON")
    set(CMAKE_CUDA_COMPILER /usr/local/cuda/bin/nvcc)
  endif()
  check_language(CUDA)
  if(CMAKE_CUDA_COMPILER)
    if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
      # All from one intermediate code, which saves a pass per file: nothing here is particular to an architecture.
      set(CMAKE_CUDA_ARCHITECTURES OFF)
      if(ORBITWALK_CUDA_CHECK)
        string(APPEND CMAKE_CUDA_FLAGS " --generate-code=arch=compute_80,code=compute_80 --compress-mode=none")
      else()
        string(APPEND CMAKE_CUDA_FLAGS " --generate-code=arch=compute_80,code=[compute_80,${ORBITWALK_CUDA_CODE}]")
      endif()
    endif()
    enable_language(CUDA)
    if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)  # CMake 3.25 does not know that nvcc 12 and later have C++20
      set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION "-std=c++20")
      set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION "-std=c++20")
    endif()
    set(CMAKE_CUDA_STANDARD 20)
    set(ORBITWALK_WITH_CUDA ON)
  elseif(ORBITWALK_CUDA STREQUAL "ON")
    message(FATAL_ERROR "ORBITWALK_CUDA=ON but no nvcc was found; set CMAKE_CUDA_COMPILER or use ORBITWALK_CUDA=OFF")
  endif()
endif()
message(STATUS "orbitwalk: CUDA backend ${ORBITWALK_WITH_CUDA}")
