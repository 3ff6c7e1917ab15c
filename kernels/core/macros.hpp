// SPDX-FileCopyrightText: The orbitwalk authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// ORBITWALK_HD marks a function that is compiled for every backend. It is always inlined: the same header is compiled
// for several instruction sets in one program, and an out-of-line copy chosen by the linker could use the wrong one.
#if defined(__CUDACC__)
#define ORBITWALK_HD __host__ __device__ __forceinline__
#define ORBITWALK_UNROLL _Pragma("unroll")
#define ORBITWALK_OUTLINE __host__ __device__ __forceinline__
#define ORBITWALK_NOINLINE __host__ __device__ __noinline__
#else
#define ORBITWALK_HD inline __attribute__((always_inline))
#define ORBITWALK_UNROLL _Pragma("GCC unroll 16")
// For a template over a Pack type that would bloat its callers on the CPU: its symbol names the instruction set.
#if defined(ORBITWALK_COMPILED_FOR_A_RUN)
#define ORBITWALK_OUTLINE inline __attribute__((always_inline))
#else
#define ORBITWALK_OUTLINE __attribute__((noinline))
#endif
// The same on every backend: one copy that many integrators call.
#define ORBITWALK_NOINLINE __attribute__((noinline))
#endif
