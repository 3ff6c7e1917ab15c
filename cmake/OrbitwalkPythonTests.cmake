# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
# Tests in Python 3 with its standard library, of the program as a whole. With h5py, result.h5 is looked into as well: the system's
# interpreter is preferred where it has that.
if(NOT DEFINED Python3_EXECUTABLE AND EXISTS /usr/bin/python3)
  execute_process(COMMAND /usr/bin/python3 -c "import h5py" RESULT_VARIABLE without_h5py OUTPUT_QUIET ERROR_QUIET)
  if(without_h5py EQUAL 0)
    set(Python3_EXECUTABLE /usr/bin/python3)
  endif()
endif()
find_package(Python3 COMPONENTS Interpreter)
if(NOT Python3_Interpreter_FOUND)
  message(WARNING "no Python 3: the tests that are written in it are left out")
endif()

# orbitwalk_python_test(NAME FILE [ARGS...]): FILE.py of the calling folder, with the program and the source folder in its environment.
function(orbitwalk_python_test name file)
  set(sanitized 0)
  if(ORBITWALK_SANITIZE)
    set(sanitized 1)
  endif()
  add_test(NAME ${name} COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/${file}.py ${ARGN})
  set_tests_properties(${name} PROPERTIES TIMEOUT 1200 ENVIRONMENT
    "ORBITWALK_PROGRAM=$<TARGET_FILE:orbitwalk_cli>;ORBITWALK_SOURCE_DIR=${CMAKE_SOURCE_DIR};ORBITWALK_SANITIZED=${sanitized};ORBITWALK_CACHE=${CMAKE_BINARY_DIR}/test-cache")
endfunction()
