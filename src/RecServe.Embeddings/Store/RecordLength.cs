using FASTER.core;

namespace RecServe.Embeddings;

/// <summary>Tells FASTER how much room a changed row needs: the length prefix and the record.</summary>
internal sealed class RecordLength : IVariableLengthStruct<SpanByte, RowChange>
{
    public int GetInitialLength(ref RowChange input) => sizeof(int) + input.RecordBytes(input.Precision);

    public int GetLength(ref SpanByte t, ref RowChange input) => sizeof(int) + input.RecordBytes(RowFunctions.TargetPrecision(t.AsReadOnlySpan(), input));
}
