namespace RecServe.Kernels;

/// <summary>Where an encoded row lies in the memory around it.</summary>
/// <param name="Offset">Bytes from the place's address to the encoded row.</param>
/// <param name="Bytes">Bytes of the whole place, from its address on: what prefetching asks for.</param>
/// <param name="IsAligned">Whether a place never straddles more memory lines than it fills.</param>
public readonly record struct RowPlace(int Offset, int Bytes, bool IsAligned);
