using RecServe.Api.Models;

namespace RecServe.Api.Events;

/// <summary>The categories of the items of events: of each field, as the newest version has it that uses it. Called by the one thread that applies events.</summary>
internal sealed class ServedCategories(ModelRegistry registry)
{
    private ModelSet? _models;
    private ItemCategory?[] _categories = [];
    private ulong[] _keys = [];

    /// <summary>The fields, in the order in which the store of events asks for them; set once it is made.</summary>
    public IReadOnlyList<string> Fields { get; set; } = [];

    /// <summary>The categories of an item.</summary>
    /// <param name="item">Hash of its id.</param>
    public ReadOnlySpan<ulong> Of(ulong item)
    {
        ModelSet models = registry.Current;
        if (_models != models)
        {
            _categories = [.. Fields.Select(field => Find(models, field))];
            (_keys, _models) = (new ulong[Fields.Count], models);
        }

        for (int i = 0; i < _keys.Length; i++)
            _keys[i] = item == 0 ? 0 : _categories[i]?.Of(item) ?? 0;
        return _keys;
    }

    private static ItemCategory? Find(ModelSet models, string field) => models.Models.SelectMany(model => model.Versions)
        .Where(version => version.Extractor.Schema.Fields.Any(one => one.From?.Category == field))
        .Select(version => ItemCategory.Of(version.Extractor, field)).FirstOrDefault();
}
