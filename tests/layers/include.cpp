// Compiled once for each pair of rooms, with the header of one and the include folders of the other: see
// CMakeLists.txt.
#include STINT_LAYER_HEADER
