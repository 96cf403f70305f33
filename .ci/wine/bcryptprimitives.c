/* The one function that Rust's standard library takes from this library of
 * Windows, which Wine 8 does not have. Only for tests under Wine. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE octets, SIZE_T length) {
    return RtlGenRandom(octets, (ULONG)length);
}
