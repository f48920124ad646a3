using System.Text;

namespace RecServe.Features.Tests;

public class EntityCatalogTests
{
    [Fact]
    public void Find_known_and_unknown_ids()
    {
        EntityCatalog catalog = Catalog("i1", "ä", "i22");
        Assert.Equal(3, catalog.Count);
        Assert.Equal(1, catalog.Find("ä"u8));
        Assert.Equal(2, catalog.Find("i22"u8));
        Assert.Equal(-1, catalog.Find("i2"u8));
        Assert.Equal(-1, catalog.Find(""u8));
        Assert.Equal("i22", Encoding.UTF8.GetString(catalog.IdOf(2)));
    }

    [Fact]
    public void Constructor_same_id_twice_is_refused_by_name()
    {
        var error = Assert.Throws<ArgumentException>(() => Catalog("a", "b", "a"));
        Assert.Contains("id 'a' stands twice in the catalog (rows 0 and 2)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CopyTo_adds_the_entities_entries()
    {
        var entity = new EntityColumn(0, [11, 12, 13], [0.5f, 0.5f, 1f], [0, 2, 2, 3]);
        var column = new FeatureColumn();
        for (int row = 0; row < 3; row++)
        {
            entity.CopyTo(row, column);
            column.EndSample();
        }

        Assert.Equal([11UL, 12UL, RowKey.Missing, 13UL], column.Keys.ToArray());
        Assert.Equal([0, 2, 3, 4], column.Offsets.ToArray());
    }

    internal static EntityCatalog Catalog(params string[] ids) => new(
        Encoding.UTF8.GetBytes(string.Concat(ids)),
        [0, .. ids.Select((_, i) => ids.Take(i + 1).Sum(id => Encoding.UTF8.GetByteCount(id)))],
        []);
}
