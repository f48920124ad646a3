using RecServe.Api.Models;
using RecServe.Embeddings;
using RecServe.Stream;

namespace RecServe.Api.Updates;

/// <summary>The tables of every served version, by lineage and name; made anew when the served versions change.</summary>
internal sealed class ServedTables(ModelRegistry registry) : ITableDirectory
{
    private (ModelSet Models, TableDirectory Tables)? _made;

    /// <inheritdoc/>
    public RefusalReason Find(string lineage, string table, out IReadOnlyList<EmbeddingTable> tables)
    {
        ModelSet models = registry.Current;
        if (_made is not { } made || made.Models != models)
        {
            made = (models, new TableDirectory(models.Models.SelectMany(model => model.Versions)
                .SelectMany(version => Enumerable.Range(0, version.Tables.Count).Select(field => (version.Lineage, version.Tables[field])))));
            _made = made;
        }

        return made.Tables.Find(lineage, table, out tables);
    }
}
