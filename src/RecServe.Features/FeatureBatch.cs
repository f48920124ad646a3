namespace RecServe.Features;

/// <summary>
/// What a request (or a block of training samples) means to a model: one <see cref="FeatureColumn"/> per field, user and context fields
/// with one sample, item fields with one sample a candidate. Field-major, so that each table is asked once with all its keys.
/// Reused between requests; not thread-safe.
/// </summary>
public sealed class FeatureBatch
{
    private readonly FeatureColumn[] _columns;

    /// <summary>Makes an empty batch for <paramref name="fields"/> fields.</summary>
    public FeatureBatch(int fields)
    {
        _columns = new FeatureColumn[fields];
        for (int i = 0; i < fields; i++)
            _columns[i] = new FeatureColumn();
    }

    /// <summary>Number of fields.</summary>
    public int Fields => _columns.Length;

    /// <summary>Bytes of the columns' buffers.</summary>
    public long Bytes
    {
        get
        {
            long bytes = 0;
            foreach (FeatureColumn column in _columns)
                bytes += column.Bytes;
            return bytes;
        }
    }

    /// <summary>The column of field <paramref name="field"/> (its index in the package's field list).</summary>
    public FeatureColumn this[int field] => _columns[field];

    /// <summary>Forgets everything, keeps the buffers.</summary>
    public void Clear()
    {
        foreach (FeatureColumn column in _columns)
            column.Clear();
    }
}
