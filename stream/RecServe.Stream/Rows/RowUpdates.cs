namespace RecServe.Stream;

/// <summary>Updates of embedding rows: each goes to the tables of its lineage and name.</summary>
/// <param name="tables">Where rows go.</param>
/// <param name="firewall">What is let in.</param>
/// <param name="limits">What a message may be.</param>
public sealed class RowUpdates(ITableDirectory tables, UpdateFirewall firewall, UpdateLimits limits) : IUpdateHandler
{
    /// <inheritdoc/>
    public string TokenName => FreshnessToken.Rows;

    /// <inheritdoc/>
    public UpdateBatch NewBatch(string topic, TimeProvider time) => new RowBatch(tables, firewall, limits, topic, time);
}
