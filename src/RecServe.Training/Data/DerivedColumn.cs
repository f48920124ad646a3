namespace RecServe.Training.Data;

/// <summary>Computes a cell from another one.</summary>
/// <param name="cell">The cell.</param>
/// <param name="output">At least as long as the cell and 32 bytes.</param>
/// <returns>Bytes written, or −1 where the cell makes no sense.</returns>
internal delegate int Derivation(ReadOnlySpan<byte> cell, Span<byte> output);

/// <summary>A column that a format computes from one in the file.</summary>
/// <param name="Name">Its name; one of the same name in the file is hidden.</param>
/// <param name="Source">The column it is computed from.</param>
/// <param name="Compute">How.</param>
/// <param name="Expected">Complaint about a cell that makes no sense.</param>
internal sealed record DerivedColumn(string Name, string Source, Derivation Compute, string Expected = "");
