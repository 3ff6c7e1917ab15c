# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
# The list of models has one source: the ORBITWALK_MODEL(name, Type) lines of kernels/models/registry.hpp. Each model is compiled
# once a backend (and once an instruction set on the CPU), in a translation unit generated from a template.

set(registry ${CMAKE_SOURCE_DIR}/kernels/models/registry.hpp)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${registry})
file(STRINGS ${registry} lines REGEX "^ORBITWALK_MODEL\\([a-z_]+, [A-Za-z]+\\)")
set(ORBITWALK_MODELS "")
foreach(line IN LISTS lines)
  string(REGEX REPLACE "^ORBITWALK_MODEL\\(([a-z_]+), ([A-Za-z]+)\\).*" "\\1" name "${line}")
  string(REGEX REPLACE "^ORBITWALK_MODEL\\(([a-z_]+), ([A-Za-z]+)\\).*" "\\2" type "${line}")
  list(APPEND ORBITWALK_MODELS ${name})
  set(ORBITWALK_MODEL_TYPE_${name} ${type})
endforeach()

# orbitwalk_model_sources(VAR TEMPLATE SUFFIX): one file a model from TEMPLATE, which sees @name@ and @Type@.
function(orbitwalk_model_sources var template suffix)
  set(files "")
  foreach(name IN LISTS ORBITWALK_MODELS)
    set(Type ${ORBITWALK_MODEL_TYPE_${name}})
    set(file ${CMAKE_BINARY_DIR}/generated/${name}_${suffix})
    configure_file(${template} ${file} @ONLY)
    list(APPEND files ${file})
  endforeach()
  set(${var} ${files} PARENT_SCOPE)
endfunction()
