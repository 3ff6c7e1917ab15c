# SPDX-FileCopyrightText: The orbitwalk authors
# SPDX-License-Identifier: Apache-2.0
# What is installed: the program, the shared library with its headers and CMake package, documents and examples; and the .deb of these.
#
# The library is shared because it hides what it is made of. Eigen, JSON and TOML are in no header; HDF5 and Clp, which come without
# (usable) CMake packages, need not be found by those who link it; of its thousands of symbols, the kernels of three instruction
# sets among them, only those that are marked ORBITWALK_API can be seen. The program holds the same objects itself, so that it can be copied.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/shared.cpp CONTENT "")
add_library(orbitwalk_shared SHARED ${CMAKE_BINARY_DIR}/generated/shared.cpp)
add_library(orbitwalk::orbitwalk ALIAS orbitwalk_shared)
set(abi ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})  # until 1.0 every minor version may change it
set_target_properties(orbitwalk_shared PROPERTIES
  LINKER_LANGUAGE CXX OUTPUT_NAME orbitwalk EXPORT_NAME orbitwalk VERSION ${PROJECT_VERSION} SOVERSION ${abi}
  LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib LINK_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/exports.map)
target_link_libraries(orbitwalk_shared PRIVATE "$<LINK_LIBRARY:WHOLE_ARCHIVE,orbitwalk>")
target_link_options(orbitwalk_shared PRIVATE "LINKER:--version-script=${CMAKE_CURRENT_LIST_DIR}/exports.map")
target_include_directories(orbitwalk_shared INTERFACE
  $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include> $<BUILD_INTERFACE:${CMAKE_BINARY_DIR}/generated/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_compile_features(orbitwalk_shared INTERFACE cxx_std_20)

install(TARGETS orbitwalk_cli)
install(TARGETS orbitwalk_shared EXPORT orbitwalk)
install(DIRECTORY include/orbitwalk ${CMAKE_BINARY_DIR}/generated/include/orbitwalk DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.hpp")

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/orbitwalk)
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/orbitwalk-config.cmake @ONLY
     CONTENT "include(\"\${CMAKE_CURRENT_LIST_DIR}/orbitwalk-targets.cmake\")\n")
write_basic_package_version_file(${CMAKE_BINARY_DIR}/generated/orbitwalk-config-version.cmake COMPATIBILITY SameMinorVersion)
install(EXPORT orbitwalk NAMESPACE orbitwalk:: FILE orbitwalk-targets.cmake DESTINATION ${package})
install(FILES ${CMAKE_BINARY_DIR}/generated/orbitwalk-config.cmake ${CMAKE_BINARY_DIR}/generated/orbitwalk-config-version.cmake DESTINATION ${package})

set(documents ${CMAKE_INSTALL_DATAROOTDIR}/doc/orbitwalk)
install(FILES README.md DESTINATION ${documents})
install(FILES LICENSE DESTINATION ${documents} RENAME copyright)
install(DIRECTORY docs/ DESTINATION ${documents}/docs)
install(DIRECTORY examples DESTINATION ${documents})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME orbitwalk)
set(CPACK_PACKAGE_VENDOR "The orbitwalk authors")
set(CPACK_PACKAGE_CONTACT "The orbitwalk authors <orbitwalk@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_PACKAGE_DESCRIPTION "Simulates ensembles of stochastic differential equations on models with continuous symmetries, predicts the
stationary laws of their invariants, and says which law holds. With the program, the library and its headers.")
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "python3, python3-matplotlib")  # reports draw their charts with them
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "g++, cmake")
include(CPack)
