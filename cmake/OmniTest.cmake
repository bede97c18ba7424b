# omni_unit_test(SUBJECT LIBRARY...)
#
# test/unit/test_SUBJECT.c as an executable test/unit/test_SUBJECT of the build folder, linked with the
# libraries, known to ctest as unit.SUBJECT and to scripts/test by its name.
function(omni_unit_test subject)
  add_executable(test_${subject} ${PROJECT_SOURCE_DIR}/test/unit/test_${subject}.c)
  target_include_directories(test_${subject} PRIVATE ${PROJECT_SOURCE_DIR}/test/unit)
  target_link_libraries(test_${subject} PRIVATE ${ARGN})
  set_target_properties(test_${subject} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/test/unit)
  add_test(NAME unit.${subject} COMMAND test_${subject})
endfunction()
